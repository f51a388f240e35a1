"""effect_month_save: what accidents, cases and fines a month brought, beside the points."""

from datetime import date
from typing import Any

from django.db import transaction

from audit.services import record
from common.errors import DomainError
from scoring.models import EffectMonth
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency


@transaction.atomic
def effect_month_save(
    *, actor: Actor, agency: Agency, year: int, month: int, **figures: Any
) -> EffectMonth:
    """Note a month of an agency's region, or correct it; the audit keeps what stood there before.

    `figures`: accidents, deaths, cases (whole numbers), fines (10,000 yuan) and their source.
    DomainError for a month that is not over, and for deaths without an accident.
    """
    if date(year, month, 1) >= clock.today(agency.pk).replace(day=1):
        raise DomainError("这个月还没有结束，月份结束后再登记")
    if figures["deaths"] and not figures["accidents"]:
        raise DomainError("有死亡人数时，事故起数不能为零", field="accidents")
    key: dict[str, Any] = {"owner_agency": agency, "year": year, "month": month}
    before = (
        EffectMonth.objects.select_for_update(no_key=True).filter(**key).values(*figures).first()
    )
    saved, _ = EffectMonth.objects.update_or_create(
        **key,
        defaults={
            **figures,
            "region_code": agency.region_code,
            "noted_at": clock.now(agency.pk),
            "noted_by_name": actor.display[:40],
        },
    )
    record(
        actor=actor, act="points.effects", subject=saved,
        data={"year": year, "month": month, **_plain(figures), "before": _plain(before or {})},
    )  # fmt: skip
    return saved


def _plain(figures: dict[str, Any]) -> dict[str, Any]:
    return {name: str(v) if name == "fines" else v for name, v in figures.items()}
