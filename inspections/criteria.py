"""The nine acceptance criteria: what data say of each, and where a person must (domain.md 1.1).

Data speak of 1 (the seven facts), 2 (ledger and report times), 6 and 8 (traces of the guidance), 7
(certificates on the day) and 9 (major hazard installation). 3, 4 and 5 ask whether papers meet the
law, which only a person can say; the traces of the guidance are then the evidence.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.urls import reverse
from django.utils import timezone

from agencies.models import Assignment
from common.scope import first_rows
from enterprises.models import Enterprise, MajorInstallation, SpecialOperationCertificate
from inspections.models import (
    AcceptanceCriterion,
    CriterionFinding,
    GuidanceRecord,
    GuidanceTopic,
    Hazard,
    Severity,
    SupervisionRules,
    Visit,
)
from inspections.supervision import rules_of

OK, FAIL, NA, OWED = "ok", "fail", "na", ""
WORDS = {OK: "符合", FAIL: "不符合", NA: "不涉及", OWED: "待核查"}
NUMBERS = range(1, 10)
ASKED = (
    "assignment", "number", "state", "severity", "found_at", "major_noticed_at",
    "major_reported_at",
)  # fmt: skip
STATES = dict(GuidanceRecord.State.choices)
FACTS = (
    ("address", "地址"),
    ("products", "主要产品"),
    ("employee_count", "员工人数"),
    ("safety_manager_count", "安全管理人员数量"),
    ("special_operator_count", "特种作业人员数量"),
    ("risk_factors", "主要风险因素"),
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands behind a cell, and where it can be seen."""

    text: str
    view: str
    pk: int
    query: str = ""

    @property
    def url(self) -> str:
        """The page that shows it; asked for by few of those who ask for cells."""
        return f"{_address(self.view, self.pk)}{self.query}"


@lru_cache(maxsize=4096)
def _address(view: str, pk: int) -> str:
    return reverse(view, args=[pk] if pk else [])


@dataclass(frozen=True, slots=True)
class Cell:
    """One criterion at one enterprise. `by` is a person's name, '' where data speak."""

    number: int
    result: str
    note: str = ""
    by: str = ""
    evidence: tuple[Evidence, ...] = ()

    @property
    def word(self) -> str:
        """符合, 不符合, 不涉及 or 待核查."""
        return WORDS[self.result]


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that the criteria read of one assignment."""

    assignment: Assignment
    day: date
    is_surveyed: bool
    hazards: Sequence[Hazard]
    guidance: Mapping[str, GuidanceRecord]
    topics: Sequence[GuidanceTopic]
    certificates: Sequence[SpecialOperationCertificate]
    said: Mapping[int, CriterionFinding]
    rules: SupervisionRules

    @property
    def enterprise(self) -> Enterprise:
        """Whom it concerns."""
        return self.assignment.enterprise


def known_of(
    assignments: Sequence[Assignment], day: date, *, hazards_whole: bool = False
) -> dict[int, Known]:
    """Read what the criteria need for assignments loaded with enterprises, in seven statements.

    Of the hazards only what the criteria ask, unless whole: a batch has two thousand.
    """
    read = () if hazards_whole else ASKED
    ids = [a.pk for a in assignments]
    surveyed = set(
        Visit.objects.filter(assignment__in=ids, kind=Visit.Kind.SURVEY)
        .exclude(state=Visit.State.OPEN)
        .values_list("assignment_id", flat=True)
    )
    with first_rows():
        hazards = _by_assignment(
            Hazard.objects.filter(assignment__in=ids, source=Hazard.Source.PROVIDER)
            .exclude(state=Hazard.State.DISMISSED)
            .order_by("number")
            .only(*read)
        )
    guidance: dict[int, dict[str, GuidanceRecord]] = defaultdict(dict)
    traces = GuidanceRecord.objects.filter(assignment__in=ids)
    for record in traces.only("assignment", "topic", "state", "done_on", "helped_by_name"):
        guidance[record.assignment_id][record.topic_id] = record
    said: dict[int, dict[int, CriterionFinding]] = defaultdict(dict)
    for finding in CriterionFinding.objects.filter(assignment__in=ids):
        said[finding.assignment_id][finding.criterion_id] = finding
    certificates: dict[int, list[SpecialOperationCertificate]] = defaultdict(list)
    firms = [a.enterprise_id for a in assignments]
    rows = SpecialOperationCertificate.objects.filter(enterprise__in=firms, removed_at=None)
    for certificate in rows.order_by("holder_name", "pk"):
        certificates[certificate.enterprise_id].append(certificate)
    topics = list(GuidanceTopic.objects.filter(is_retired=False))
    rules = rules_of(assignments[0].owner_agency_id) if assignments else SupervisionRules()
    return {
        a.pk: Known(
            assignment=a,
            day=a.accepted_on or day,
            is_surveyed=a.pk in surveyed,
            hazards=hazards[a.pk],
            guidance=guidance[a.pk],
            topics=[t for t in topics if t.concerns(a.enterprise.risk_factors)],
            certificates=certificates[a.enterprise_id],
            said=said[a.pk],
            rules=rules,
        )
        for a in assignments
    }


def _by_assignment(hazards: Iterable[Hazard]) -> dict[int, list[Hazard]]:
    found: dict[int, list[Hazard]] = defaultdict(list)
    for hazard in hazards:
        found[hazard.served_id].append(hazard)
    return found


Doer = Callable[[Known], Cell]


def cells_of(known: Known) -> tuple[Cell, ...]:
    """Return the nine cells: a person's word where there is one, else what data say."""
    return tuple(_cell(known, number) for number in NUMBERS)


def _cell(known: Known, number: int) -> Cell:
    by_data = DOERS[number](known)
    said = known.said.get(number)
    if said is None:
        return by_data
    overruled = by_data.result not in (OWED, said.result)
    note = f"{said.note}（数据显示{by_data.word}：{by_data.note}）" if overruled else said.note
    return Cell(number, said.result, note, said.found_by_name, by_data.evidence)


def _facts(known: Known) -> Cell:
    firm = known.enterprise
    missing = [word for name, word in FACTS if getattr(firm, name) in (None, "")]
    missing += [] if known.is_surveyed else ["有无重大隐患"]
    note = f"缺{'、'.join(missing)}" if missing else "七项内容齐全"
    return Cell(1, FAIL if missing else OK, note, evidence=(_record(known),))


def _record(known: Known) -> Evidence:
    return Evidence("企业档案", "enterprises:record", known.enterprise.pk)


def _ledger(known: Known) -> Cell:
    only = f"?assignment={known.assignment.pk}"
    seen = (Evidence(f"隐患{len(known.hazards)}项", "inspections:ledger", 0, only),)
    if not known.is_surveyed:
        return Cell(2, OWED, "尚未检查", evidence=seen)
    late = [line for hazard in known.hazards for line in _late_report(hazard, known.rules)]
    closed = sum(h.state == Hazard.State.CLOSED for h in known.hazards)
    majors = sum(h.is_major for h in known.hazards)
    note = f"排查{len(known.hazards)}项，销号{closed}项，重大{majors}项"
    if late:
        return Cell(2, FAIL, f"{note}；{'；'.join(late)}", evidence=seen)
    return Cell(2, OK, note + ("，报告均及时" if majors else ""), evidence=seen)


def _late_report(hazard: Hazard, rules: SupervisionRules) -> list[str]:
    """Say what of a major hazard was reported later than the agency's figures allow (A15)."""
    if hazard.severity != Severity.MAJOR:
        return []
    found: list[str] = []
    for name, at, within in (
        ("首报", hazard.major_noticed_at, timedelta(minutes=rules.notice_minutes)),
        ("书面报告", hazard.major_reported_at, timedelta(hours=rules.report_hours)),
    ):
        if at is None:
            found.append(f"{hazard.number}未{name}")
        elif at - hazard.found_at > within:
            minutes = int((at - hazard.found_at).total_seconds()) // 60
            found.append(f"{hazard.number}{name}用时{minutes // 60}小时{minutes % 60}分")
    return found


def _traces(known: Known, number: int) -> tuple[list[GuidanceTopic], tuple[Evidence, ...]]:
    topics = [topic for topic in known.topics if topic.criterion == number]
    at, seen = known.assignment.pk, []
    for topic in topics:
        record = known.guidance.get(topic.pk)
        words = STATES[record.state] if record else "未开始"
        day = f" {record.done_on:%Y-%m-%d}" if record and record.done_on else ""
        seen.append(Evidence(f"{topic.name}：{words}{day}", "inspections:guidance", at))
    return topics, tuple(seen)


def _by_person(number: int) -> Doer:
    def cell(known: Known) -> Cell:
        _, seen = _traces(known, number)
        return Cell(number, OWED, "由检查人员核查", evidence=seen)

    return cell


def _by_traces(number: int) -> Doer:
    def cell(known: Known) -> Cell:
        topics, seen = _traces(known, number)
        records = [known.guidance.get(topic.pk) for topic in topics]
        states = {record.state if record else "" for record in records}
        if states <= {GuidanceRecord.State.NA}:
            return Cell(number, NA, "不涉及", evidence=seen)
        left = [
            topic.name
            for topic, record in zip(topics, records, strict=True)
            if record is None or record.state == GuidanceRecord.State.DOING
        ]
        note = f"未完成：{'、'.join(left)}" if left else "均已完成"
        return Cell(number, FAIL if left else OK, note, evidence=seen)

    return cell


def _certificates(known: Known) -> Cell:
    needed = known.enterprise.special_operator_count
    valid = {c.holder_name + c.number_end for c in known.certificates if c.is_valid_on(known.day)}
    lapsed = [c for c in known.certificates if not c.is_valid_on(known.day)]
    held = f"登记{len(known.certificates)}证，有效{len(valid)}人"
    seen = (Evidence(held, "enterprises:certificates", known.enterprise.pk),)
    if needed is None:
        return Cell(7, OWED, "特种作业人员数量未填", evidence=seen)
    if needed == 0 and not known.certificates:
        return Cell(7, NA, "无特种作业人员", evidence=seen)
    problems = [f"{c.holder_name}{c.category}证已过期或未复审" for c in lapsed]
    if len(valid) < needed:
        problems.insert(0, f"特种作业人员{needed}人，{known.day:%Y-%m-%d}持有效证{len(valid)}人")
    if problems:
        return Cell(7, FAIL, "；".join(problems)[:300], evidence=seen)
    return Cell(7, OK, f"{needed}人持证，{known.day:%Y-%m-%d}均有效", evidence=seen)


def _installation(known: Known) -> Cell:
    kind = known.enterprise.major_installation
    seen = (_record(known),)
    results = {
        "": (OWED, "档案未填写有无重大危险源"),
        MajorInstallation.NONE: (NA, "档案明确为“无”"),
        MajorInstallation.SUPERVISED: (OK, "已备案监控"),
        MajorInstallation.UNSUPERVISED: (FAIL, "未备案监控"),
    }
    result, note = results[kind]
    return Cell(9, result, note, evidence=seen)


DOERS: dict[int, Doer] = {
    1: _facts,
    2: _ledger,
    3: _by_person(3),
    4: _by_person(4),
    5: _by_person(5),
    6: _by_traces(6),
    7: _certificates,
    8: _by_traces(8),
    9: _installation,
}


def guidance_left(known: Known) -> int:
    """Return how many topics that concern the enterprise are neither done nor 不涉及."""
    settled = (GuidanceRecord.State.DONE, GuidanceRecord.State.NA)
    return sum(
        known.guidance.get(topic.pk) is None or known.guidance[topic.pk].state not in settled
        for topic in known.topics
    )


def report_delay(hazard: Hazard) -> str:
    """Return how long the written report of a major hazard took, in words."""
    if hazard.major_reported_at is None:
        return "未书面报告"
    minutes = int((hazard.major_reported_at - hazard.found_at).total_seconds()) // 60
    when = timezone.localtime(hazard.major_reported_at)
    return f"{when:%Y-%m-%d %H:%M}（{minutes // 60}小时{minutes % 60}分）"


def texts() -> list[AcceptanceCriterion]:
    """Return the nine criteria in order."""
    return list(AcceptanceCriterion.objects.all())
