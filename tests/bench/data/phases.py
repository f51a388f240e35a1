"""What a batch leaves behind besides hazards: meetings, guidance, criteria, draws, signs, audit."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence

from audit.models import AuditEntry
from inspections.models import (
    AcceptanceCriterion,
    CriterionFinding,
    GuidanceRecord,
    GuidanceTopic,
    Meeting,
    MeetingAttendance,
    Sign,
    SpotCheck,
    SpotCheckDraw,
)
from tests.bench.data.copying import NULL, Sheet, text, uuid7_text
from tests.bench.data.deal import NOW, Deal, Served, at, day, milliseconds
from tests.bench.data.visits import Made

SIGN_SHARE = 0.06
SIGNS = (
    ("short", "停留时间与答题数不相称", "停留"), ("alone", "只有一人到场", "到场人数"),
    ("nothing", "没有查出隐患", "隐患"), ("far", "到场位置离企业太远", "距离"),
)  # fmt: skip


class PhaseRows:
    """Rows of one county."""

    def __init__(self, number: int) -> None:
        whose = "owner_agency_id region_code provider_org_id enterprise_org_id"
        self.meetings = Sheet(
            Meeting, f"id {whose} batch_id title starts_at host_name held_at created_by_id created_at",
            kind="kickoff", state="held", place="区会议中心", minutes="讲解服务内容",
        )  # fmt: skip
        self.attendances = Sheet(
            MeetingAttendance, f"id {whose} meeting_id assignment_id unit_name person_name signed_at",
            how="qr", post="厂长",
        )  # fmt: skip
        self.guidance = Sheet(
            GuidanceRecord,
            f"id {whose} assignment_id topic_id state done_on helped_by_name updated_by_name updated_at",
            note="材料在企业安全档案柜，已现场查看",
        )  # fmt: skip
        self.criteria = Sheet(
            CriterionFinding, f"id {whose} assignment_id criterion_id found_by_name found_at",
            result="ok", note="已现场核查",
        )  # fmt: skip
        self.draws = Sheet(
            SpotCheckDraw,
            f"id {whose} batch_id code state commitment committed_at committed_by_name entries "
            "list_sha256 frozen_at provider_number numbered_at numbered_by_name secret sample "
            "drawn_at announced_at",
            ratio="0.2", minimum=10,
        )  # fmt: skip
        self.checks = Sheet(
            SpotCheck,
            f"id {whose} draw_id assignment_id state found_both missed overstated compared_at "
            "compared_by_name announced_at",
            why="随机抽取",
        )  # fmt: skip
        self.signs = Sheet(
            Sign,
            f"id {whose} assignment_id enterprise_id visit_id kind key text figures found_at dismissed_at "
            "dismissed_by_name dismissed_reason",
        )  # fmt: skip
        self.acts = Sheet(
            AuditEntry,
            "id agency_id region_code org_id user_id membership_id actor_name act subject_type "
            "subject_id summary at",
        )
        topics = GuidanceTopic.objects.filter(is_retired=False)
        self._topics = list(topics.order_by("position").values_list("pk", flat=True))
        self._criteria = list(
            AcceptanceCriterion.objects.order_by("pk").values_list("pk", flat=True)
        )
        self._serial = number * 1_000_000
        self.compared: dict[str, Served] = {}  # by the check; of the contract at hand

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """What is to be copied."""
        return (self.meetings, self.attendances, self.guidance, self.criteria, self.draws,
                self.checks, self.signs, self.acts)  # fmt: skip

    def _next(self) -> str:
        self._serial += 1
        return str(self._serial)

    def batches(self, deal: Deal, served: Sequence[Served]) -> None:
        """Everything about each batch of a contract."""
        groups: dict[int, list[Served]] = defaultdict(list)
        for one in served:
            groups[one.batch.pk].append(one)
        for rows in groups.values():
            self._meeting(deal, rows)
            if rows[0].stage in ("concluded", "drawn"):
                self._draw(deal, rows)
            if deal.is_running:
                for one in rows:
                    self._guide(one)

    def _meeting(self, deal: Deal, rows: Sequence[Served]) -> None:
        batch = rows[0].batch
        on = min(batch.starts - 2, NOW - 2)
        whose = (str(deal.county.pk), deal.county.code, str(deal.provider.pk), NULL)
        pk = uuid7_text(milliseconds(on, 540), deal.rng.getrandbits(74))
        lead = deal.lead
        self.meetings.add(
            pk, *whose, str(batch.pk), f"第{batch.number + 1}批动员会", at(on, 540), lead.name,
            at(on, 660), str(lead.membership), at(on - 3, 600),
        )  # fmt: skip
        for one in rows[:20]:
            firm = one.firm
            key = uuid7_text(milliseconds(on, 545), deal.rng.getrandbits(74))
            self.attendances.add(
                key, *one.whose, pk, one.pk, firm.name, firm.principal.name, at(on, 545)
            )

    def _guide(self, one: Served) -> None:
        """Topics done so far: half of them during guidance, all afterwards."""
        if one.stage in ("survey", "waiting"):
            return
        begun = len(self._topics) if one.stage != "guidance" else len(self._topics) // 2
        when = min(one.surveyed + 10, NOW - 1)
        name = one.inspector.name
        for number, topic in enumerate(self._topics[:begun]):
            done = one.stage != "guidance" or number % 3
            self.guidance.add(
                self._next(), *one.whose, one.pk, topic, "done" if done else "doing",
                day(when) if done else NULL, name if done else "", name, at(when, 900),
            )  # fmt: skip
        if one.is_settled:
            for criterion in self._criteria:
                self.criteria.add(
                    self._next(), *one.whose, one.pk, str(criterion), name, at(when + 15, 900)
                )

    def _draw(self, deal: Deal, rows: Sequence[Served]) -> None:
        rng, batch = deal.rng, rows[0].batch
        announced = batch.stage == "concluded"
        on = NOW - 20 if not announced else min(batch.starts + 75, NOW - 60)
        pk = uuid7_text(milliseconds(on, 600), rng.getrandbits(74))
        chosen = sorted(rng.sample(range(len(rows)), max(1, len(rows) // 5)))
        entries = [
            {"token": f"{rng.getrandbits(48):012x}", "town": one.firm.town, "major": False,
             "signs": [], "assignment": int(one.pk)}
            for one in rows
        ]  # fmt: skip
        sample = [entries[n]["token"] for n in chosen]
        listed = hashlib.sha256(json.dumps(entries).encode()).hexdigest()
        secret = f"{rng.getrandbits(256):064x}"
        officer, lead = deal.county.people["officer"][0].name, deal.lead.name
        ended = at(on + 40, 600) if announced else NULL
        self.draws.add(
            pk, str(deal.county.pk), deal.county.code, str(deal.provider.pk), NULL, str(batch.pk),
            f"{batch.pk:016d}"[-16:], "announced" if announced else "drawn",
            hashlib.sha256(secret.encode()).hexdigest(), at(on, 600), officer, text(entries), listed,
            at(on + 1, 600), str(rng.randrange(10**8)), at(on + 2, 600), lead, secret, text(sample),
            at(on + 3, 600), ended,
        )  # fmt: skip
        for number in chosen:
            self._check(deal, rows[number], pk, on, announced=announced)

    def _check(self, deal: Deal, one: Served, draw: str, on: int, *, announced: bool) -> None:
        rng = deal.rng
        pk = uuid7_text(milliseconds(on + 3, 605), rng.getrandbits(74))
        if announced:
            found = (str(rng.randint(1, 4)), str(rng.randint(0, 2)), "0", at(on + 30, 700))
            rest = (*found, deal.county.people["officer"][0].name, at(on + 40, 600))
            self.compared[pk] = one
        else:
            rest = (NULL, NULL, NULL, NULL, "", NULL)
        self.checks.add(pk, *one.whose, draw, one.pk, "compared" if announced else "waiting", *rest)

    def signed(self, deal: Deal, made: Made) -> None:
        """Now and then a visit asks for a second look; a running contract's leaves its act."""
        rng, one = deal.rng, made.served
        if made.kind == "survey" and rng.random() < SIGN_SHARE:
            self._sign(deal, made)
        if not deal.is_running:
            return
        bits = rng.getrandbits(74)
        person = one.inspector
        self.acts.add(
            uuid7_text(milliseconds(made.on, made.left), bits), one.whose[0], one.whose[1],
            one.whose[2], str(person.user), str(person.membership),
            f"{deal.provider.name} {person.name}", "visit.sign", "inspections.visit", made.pk,
            one.firm.name, at(made.on, made.left),
        )  # fmt: skip

    def _sign(self, deal: Deal, made: Made) -> None:
        rng, one = deal.rng, made.served
        kind, words, label = rng.choice(SIGNS)
        owner, town, provider, firm = one.whose
        over = not deal.is_running
        pk = uuid7_text(milliseconds(made.on, 1_200), rng.getrandbits(74))
        self.signs.add(
            pk, owner, town, provider, firm, one.pk, firm, made.pk, kind, made.pk, words,
            text({"numbers": [[label, rng.randint(1, 30)]]}), at(made.on, 1_200),
            at(made.on + 9, 600) if over else NULL,
            deal.county.people["officer"][0].name if over else "", "已电话核实" if over else "",
        )  # fmt: skip
