"""What evaluation counts beside visits and hazards: plans, disclosures, reports, pictures, pairs."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from random import Random

from documents.models import Document
from evidence.models import Photo
from inspections.models import Disclosure, DisclosureItem, SpotCheckPair, VisitPlan
from tests.bench.data.contract import CONCLUDED, GUIDED
from tests.bench.data.copying import NULL, Sheet, text, uuid7_text
from tests.bench.data.deal import NOW, Deal, Served, at, day, milliseconds
from tests.bench.data.visits import Made

WHOSE = "owner_agency_id region_code provider_org_id enterprise_org_id"
REPORTS = (("enterprise_report", "情况报告"), ("conclusion", "结论性意见"))
BEFORE_GUIDANCE = ("survey", "waiting")


class WatchedRows:
    """Rows of one county."""

    def __init__(self, number: int) -> None:
        self.plans = Sheet(
            VisitPlan, f"id {WHOSE} batch_id days created_at submitted_at decided_at disclosed_on",
            state="approved", submitted_by_name="项目负责人", decided_by_name="监管人员",
            disclosed_to="各企业安全员",
        )  # fmt: skip
        self.disclosures = Sheet(
            Disclosure, f"id {WHOSE} batch_id made_at made_by_name acknowledged_at",
            state="acknowledged", acknowledged_by_name="监管人员",
        )  # fmt: skip
        self.items = Sheet(
            DisclosureItem, f"id {WHOSE} disclosure_id assignment_id", hazards=6, majors=0
        )
        self.reports = Sheet(
            Document,
            f"id {WHOSE} kind number title issuer_org_id subject_id issue_key content_sha256 "
            "check_code issued_at issued_by_id file file_sha256 rendered_at",
            subject_type="agencies.assignment", content={}, size=96_256, pages=4,
            renderer="WeasyPrint",
        )  # fmt: skip
        self.photos = Sheet(
            Photo, f"id {WHOSE} subject_id sha256 arrived_at",
            subject_type="inspections.visit", purpose="site", original="", reading="",
            content_type="image/jpeg", size=2_097_152, width=3000, height=4000,
        )  # fmt: skip
        self.pairs = Sheet(
            SpotCheckPair,
            f"id {WHOSE} spot_check_id officers_hazard_id providers_hazard_id verdict",
        )
        self._serial = self._base = number * 1_000_000
        self._rng = Random(f"watched-{number}")

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """What is to be copied."""
        return (self.plans, self.disclosures, self.items, self.reports, self.photos, self.pairs)

    def _key(self, on: int, minutes: int) -> str:
        return uuid7_text(milliseconds(on, minutes), self._rng.getrandbits(74))

    def _next(self) -> str:
        self._serial += 1
        return str(self._serial)

    def pictured(self, made: Made) -> None:
        """Nearly every visit leaves a picture of the site."""
        if self._rng.random() < 0.96:
            key = self._key(made.on, made.arrived)
            digest = hashlib.sha256(key.encode()).hexdigest()
            self.photos.add(key, *made.served.whose, made.pk, digest, at(made.on, made.arrived))

    def batches(self, deal: Deal, served: Sequence[Served]) -> None:
        """The plan of each batch, what was told of it, and the reports of its firms."""
        groups: dict[int, list[Served]] = defaultdict(list)
        for one in served:
            groups[one.batch.pk].append(one)
        for rows in groups.values():
            begun = rows[0].batch.starts
            whose = (str(deal.county.pk), deal.county.code, str(deal.provider.pk), NULL)
            planned = min(begun - 4, NOW - 4)
            self.plans.add(
                self._key(planned, 540), *whose, str(rows[0].batch.pk),
                text({one.pk: day(one.surveyed) for one in rows}), at(planned, 540), at(planned, 560),
                 at(planned + 1, 600), day(planned + 2),
            )  # fmt: skip
            if rows[0].stage not in BEFORE_GUIDANCE:
                self._told(deal, rows, whose)
            for one in rows:
                if one.stage == "concluded":
                    self._report(deal, one)

    def _told(self, deal: Deal, rows: Sequence[Served], whose: Sequence[str]) -> None:
        on = min(max(one.surveyed for one in rows) + GUIDED, NOW - 1)
        key = self._key(on, 600)
        self.disclosures.add(
            key, *whose, str(rows[0].batch.pk), at(on, 600), deal.lead.name, at(on, 660)
        )
        for one in rows:
            if self._rng.random() < 0.97:
                self.items.add(self._next(), *one.whose, key, one.pk)

    def _report(self, deal: Deal, one: Served) -> None:
        on = min(one.surveyed + CONCLUDED, NOW - 3)
        for kind, title in REPORTS:
            key, number = self._key(on, 900), int(self._next())
            digest = hashlib.sha256(key.encode()).hexdigest()
            self.reports.add(
                key, *one.whose, kind, f"{deal.county.code}报〔{deal.year}〕{number - self._base}号",
                f"{one.firm.name}{title}", one.whose[2], one.pk, f"{kind}:{one.pk}", digest,
                digest[:20], at(on, 900), str(deal.lead.membership), f"documents/{kind}/{key}.pdf",
                digest[::-1], at(on, 905),
            )  # fmt: skip

    def paired(self, checks: Mapping[str, Served], hazards: Mapping[str, Sequence[str]]) -> None:
        """Each compared check with the hazards of its firm: one in twenty had been missed.

        The officers' finding is the provider's own row: pairs are counted here, not read.
        """
        for check, one in checks.items():
            for pk in hazards.get(one.pk, ()):
                missed = self._rng.random() < 0.05
                sides = (pk, NULL, "missed") if missed else (pk, pk, "both")
                self.pairs.add(self._next(), *one.whose[:3], NULL, check, *sides)
