"""Visits with their teams, checklists, answers and service records."""

import hashlib
import json
from dataclasses import dataclass

from documents.models import Document, Receipt
from inspections.models import Answer, ChecklistItem, ChecklistTemplate, Visit, VisitMember
from tests.bench.data.copying import Sheet, text, uuid7_text
from tests.bench.data.deal import Deal, Served, at, day, milliseconds
from tests.bench.data.tree import Person

COMMON = "TY"  # the checklist of every visit


@dataclass(frozen=True, slots=True)
class Made:
    """A visit as the rows that hang on it need it; minutes are after midnight."""

    pk: str
    served: Served
    kind: str
    on: int
    arrived: int
    left: int
    state: str


class VisitRows:
    """Rows of visits of one county."""

    def __init__(self, number: int) -> None:
        whose = "owner_agency_id region_code provider_org_id enterprise_org_id"
        self.visits = Sheet(
            Visit,
            f"id {whose} assignment_id enterprise_id kind state started_by_id arrived_at left_at "
            "latitude longitude accuracy process_note representative_name representative_post "
            "refusal_reason witness_name signed_at created_at",
        )
        self.members = Sheet(
            VisitMember, f"id {whose} visit_id membership_id name certificate_number",
            qualification="注册安全工程师",
        )  # fmt: skip
        self.templates = Sheet(Visit.templates.through, "id visit_id checklisttemplate_id")
        self.answers = Sheet(
            Answer, f"id {whose} visit_id item_id result version answered_at answered_by_name"
        )
        self.papers = Sheet(
            Document,
            f"id {whose} number title issuer_org_id subject_id issue_key content content_sha256 "
            "check_code issued_at issued_by_id file file_sha256 rendered_at",
            kind="service_record", subject_type="inspections.visit", size=184_320, pages=3,
            renderer="WeasyPrint",
        )  # fmt: skip
        self.receipts = Sheet(
            Receipt,
            f"id {whose} document_id person_name received_at",
            how="page",
            person_post="厂长",
        )
        common = ChecklistTemplate.objects.filter(code=COMMON).order_by("-valid_from")[0]
        self._template = str(common.pk)
        rows = ChecklistItem.objects.filter(template=common).order_by("position")
        self._items = [str(pk) for pk in rows.values_list("pk", flat=True)]
        self._serial = self._base = number * 1_000_000

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """What is to be copied."""
        return (self.visits, self.members, self.templates, self.answers, self.papers, self.receipts)

    def visit(self, deal: Deal, served: Served, kind: str, on: int) -> Made:
        """One visit of a day, signed, or now and then refused; with its record."""
        rng, firm = deal.rng, served.firm
        arrived = 505 + rng.randrange(440)
        left = arrived + 60 + rng.randrange(80)
        refused = kind == "survey" and rng.random() < 0.01
        pk = uuid7_text(milliseconds(on, arrived), rng.getrandbits(74))
        made = Made(pk, served, kind, on, arrived, left, "refused" if refused else "signed")
        words = ("负责人对问题有异议，不愿签字", "社区网格员") if refused else ("", "")
        self.visits.add(
            pk, *served.whose, served.pk, firm.pk, kind, made.state, str(served.inspector.membership),
            at(on, arrived), at(on, left), f"{38 + rng.random():.6f}", f"{115 + rng.random():.6f}",
            str(rng.randint(4, 40)), "由企业安全员陪同，先资料后现场；逐项拍照并指出依据，末次会交换意见。",
            firm.principal.name, "厂长", *words, at(on, left), at(on, arrived),
        )  # fmt: skip
        self._team(deal, made)
        if deal.is_running and kind == "survey":
            self._answers(deal, made)
        if not refused:
            self._paper(deal, made)
        return made

    def _team(self, deal: Deal, made: Made) -> None:
        people = [made.served.inspector]
        other = deal.team[(deal.team.index(people[0]) + 1) % len(deal.team)]
        if other != people[0] and deal.rng.random() < 0.8:
            people.append(other)
        for person in people:
            self._serial += 1
            self.members.add(
                str(self._serial), *made.served.whose, made.pk, str(person.membership), person.name,
                f"证{person.membership:06d}",
            )  # fmt: skip
        self.templates.add(str(self._serial), made.pk, self._template)

    def _answers(self, deal: Deal, made: Made) -> None:
        rng, start = deal.rng, milliseconds(made.on, made.arrived)
        name, whose, when = made.served.inspector.name, made.served.whose, at(made.on, made.arrived)
        for number, item in enumerate(self._items):
            bits = rng.getrandbits(148)
            pk = uuid7_text(start + number * 60_000, bits)
            version = uuid7_text(start + number * 60_000, bits >> 74)
            chance = bits & 63
            result = "fail" if chance < 8 else "na" if chance < 16 else "ok"
            self.answers.add(pk, *whose, made.pk, item, result, version, when, name)

    def _paper(self, deal: Deal, made: Made) -> None:
        rng, whose, firm = deal.rng, made.served.whose, made.served.firm
        bits = rng.getrandbits(148)
        pk = uuid7_text(milliseconds(made.on, made.left), bits)
        content = json.dumps(
            _record(deal, made), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        digest = hashlib.sha256(content.encode()).hexdigest()
        number = f"{deal.county.code}检〔{deal.year}〕{self._serial - self._base}号"
        signed = at(made.on, made.left)
        self.papers.add(
            pk, *whose, number, f"{firm.name}社会化服务检查记录", whose[2], made.pk,
            f"service_record:{made.pk}", text(content), digest, f"{bits >> 64:021x}"[-20:], signed,
            str(made.served.inspector.membership), f"documents/service_record/{pk}.pdf", digest[::-1],
            signed,
        )  # fmt: skip
        if rng.random() < 0.97:
            receipt = uuid7_text(milliseconds(made.on, made.left + 5), bits >> 30)
            self.receipts.add(receipt, *whose, pk, firm.principal.name, signed)


def _record(deal: Deal, made: Made) -> dict[str, object]:
    """Return the frozen content of a service record, without the pictures that a real one holds."""
    firm, when = made.served.firm, day(made.on)
    return {
        "training": True, "provider_name": deal.provider.name, "agency_name": deal.county.name,
        "contract_number": f"HT-{deal.county.code}-{deal.year}",
        "contract_title": f"{deal.year}年度安全生产社会化服务",
        "enterprise": {"name": firm.name, "credit_code": firm.code, "address": "", "industry":
                       firm.kind.industry, "scale": "", "principal_name": firm.principal.name,
                       "phone": ""},
        "visit_kind": "摸底排查" if made.kind == "survey" else "复查验收",
        "arrived_at": f"{when}T{made.arrived // 60:02d}:{made.arrived % 60:02d}:00+08:00",
        "left_at": f"{when}T{made.left // 60:02d}:{made.left % 60:02d}:00+08:00",
        "position": "", "team": [_staff(made.served.inspector)], "checklists": [], "hazards": [],
        "process_note": "由企业安全员陪同，先资料后现场。",
        "signature": {"name": firm.principal.name, "post": "厂长",
                      "signed_at": f"{when}T{made.left // 60:02d}:{made.left % 60:02d}:00+08:00",
                      "image": ""},
        "refusal": None,
    }  # fmt: skip


def _staff(person: Person) -> dict[str, str]:
    number = f"证{person.membership:06d}"
    return {"name": person.name, "qualification": "注册安全工程师", "certificate_number": number}
