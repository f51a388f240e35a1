"""registers_over · registers_back: what says how things are today goes over to the file that is kept.

Risk points are asked about at every visit and certificates are checked there, so they have to stand
in the file that is visited. The former's rows stay, closed; each that the other lacked is made anew.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Model

from common.ids import uuid7
from enterprises.models import Enterprise, RiskPoint, SpecialOperationCertificate

# What makes two rows the same, and what a row says beside it.
REGISTERS: dict[str, tuple[type[Model], Sequence[str], Sequence[str]]] = {
    "risk_points": (RiskPoint, ("place", "risk"), ("measure",)),
    "certificates": (
        SpecialOperationCertificate,
        ("holder_name", "number_end", "category"),
        ("project", "valid_until", "review_due_on", "search_text"),
    ),
}
WHENCE = ("recorded_by_name", "recorded_at")


def registers_over(
    former: Enterprise, into: Enterprise, now: datetime
) -> dict[str, dict[str, list[Any]]]:
    """Carry the live rows of `former` over; return which were closed, and which are new."""
    return {name: _over(former, into, now, *told) for name, told in REGISTERS.items()}


def _over(
    former: Enterprise,
    into: Enterprise,
    now: datetime,
    model: type[Model],
    key: Sequence[str],
    more: Sequence[str],
) -> dict[str, list[Any]]:
    rows = model._default_manager.filter(removed_at=None)
    there = set(rows.filter(enterprise=into).values_list(*key))
    mine = list(rows.filter(enterprise=former).order_by("recorded_at", "pk"))
    new: list[Any] = [
        model(
            **into.tenant, enterprise=into,
            **{name: getattr(row, name) for name in (*key, *more, *WHENCE)},
            **({"id": uuid7()} if model is RiskPoint else {}),
        )
        for row in mine
        if tuple(getattr(row, name) for name in key) not in there
    ]  # fmt: skip
    model._default_manager.bulk_create(new)
    closed = [row.pk for row in mine]
    model._default_manager.filter(pk__in=closed).update(removed_at=now)
    return {"closed": [*map(_plain, closed)], "new": [_plain(row.pk) for row in new]}


def _plain(pk: Any) -> Any:
    return pk if isinstance(pk, int) else str(pk)


def registers_back(moved: Mapping[str, Mapping[str, Sequence[Any]]], now: datetime) -> None:
    """Take the carried rows off again, and open the former's own."""
    for name, (model, _, _) in REGISTERS.items():
        rows = model._default_manager
        rows.filter(pk__in=moved[name]["new"], removed_at=None).update(removed_at=now)
        rows.filter(pk__in=moved[name]["closed"]).update(removed_at=None)
