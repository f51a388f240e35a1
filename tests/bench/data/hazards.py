"""Hazards in every state, with dates that fit, and what was done about each."""

from collections import defaultdict
from dataclasses import dataclass
from random import Random

from inspections.models import (
    EnforcementReferral,
    Extension,
    Hazard,
    Recheck,
    Rectification,
    ReferralFact,
)
from notifications.models import Notification
from tests.bench.data.copying import FALSE, NULL, TRUE, Sheet, uuid7_text
from tests.bench.data.deal import NOW, Deal, Served, at, day, milliseconds
from tests.bench.data.visits import Made
from tests.bench.data.words import HazardWords

DEADLINES = (15, 15, 20, 20, 30, 30, 40)  # days
# (share closed, share submitted, share dismissed) of what was found, by how far its firm is.
FATES = {
    "settled": (0.98, 0.0, 0.01), "recheck": (0.65, 0.12, 0.01), "guidance": (0.22, 0.12, 0.01),
    "survey": (0.0, 0.0, 0.0),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a hazard; days are ordinals, 0 where there was none."""

    state: str
    due: int
    mended: int = 0
    rechecked: int = 0
    was_overdue: bool = False
    returned: bool = False

    @property
    def is_overdue(self) -> bool:
        """Late at this moment."""
        return self.state in ("issued", "rectifying") and self.due < NOW

    @property
    def is_issued(self) -> bool:
        """Whether the enterprise sees it."""
        return self.state not in ("found", "dismissed")


@dataclass(frozen=True, slots=True)
class Given:
    """A hazard for which points may be given."""

    pk: str
    made: Made
    words: HazardWords
    fate: Fate


def fate_of(rng: Random, served: Served, found: int, *, confirmed: bool) -> Fate:
    """Draw what became of a hazard found on a day, so that every date fits the one before."""
    due = found + rng.choice(DEADLINES)
    if not confirmed:
        return Fate("found", due)
    closed, submitted, dismissed = FATES["settled" if served.is_settled else served.stage]
    chance = rng.random()
    if chance < closed:
        return _closed(rng, found, due)
    if chance < closed + submitted:
        mended = min(found + rng.randint(1, due - found), NOW - 1)
        return Fate("submitted", due, mended)
    if chance < closed + submitted + dismissed:
        return Fate("dismissed", due)
    state = "rectifying" if rng.random() < 0.25 and NOW - found > 3 else "issued"
    return Fate(state, due, was_overdue=due < NOW, returned=state == "rectifying")


def _closed(rng: Random, found: int, due: int) -> Fate:
    returned = rng.random() < 0.06
    if rng.random() < 0.08 and due + 20 < NOW:
        mended = due + rng.randint(1, 15)
        return Fate("closed", due, mended, mended + rng.randint(1, 4), True, returned)
    mended = min(found + rng.randint(1, max(1, due - found - 2)), NOW - 2)
    return Fate("closed", due, mended, min(mended + rng.randint(1, 5), NOW - 1), False, returned)


class HazardRows:
    """Rows of hazards and what hangs on them, of one county."""

    def __init__(self, number: int) -> None:
        whose = "owner_agency_id region_code provider_org_id enterprise_org_id"
        self.hazards = Sheet(
            Hazard,
            f"id {whose} number assignment_id visit_id enterprise_id entry_id found_on found_at "
            "found_by_name place description category subcategory severity basis clause_code "
            "measure responsible_person due_on due_reason due_from due_days state is_overdue "
            "was_overdue return_count issued_at submitted_at rectified_on rechecked_on "
            "rechecked_by_name closed_at major_noticed_at major_reported_at dismissed_reason "
            "updated_at",
            due_in_workdays=False,
        )
        self.mended = Sheet(
            Rectification,
            f"id {whose} hazard_id round text responsible_person done_on submitted_at "
            "submitted_by_id submitted_by_name",
        )
        self.rechecks = Sheet(
            Recheck,
            f"id {whose} hazard_id rectification_id result reason new_due_on rechecked_at "
            "rechecked_by_id rechecked_by_name",
        )
        self.extensions = Sheet(
            Extension,
            f"id {whose} hazard_id reason old_due_on wanted_on state asked_at asked_by_name "
            "granted_on answered_at answered_by_name",
            safeguard="停用该设备并挂牌，钥匙由车间主任保管",
        )
        self.referrals = Sheet(
            EnforcementReferral, f"id {whose} assignment_id state listed_at closed_at"
        )
        self.facts = Sheet(
            ReferralFact, f"id {whose} referral_id text hazard_id happened_at", kind="overdue"
        )
        self.messages = Sheet(Notification, "id org_id title url created_at", kind="hazard.overdue")
        self._serial = number * 1_000_000
        self._listed: set[str] = set()
        # What stands, by its firm; of the contract at hand.
        self.of_served: dict[str, list[str]] = defaultdict(list)

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """What is to be copied."""
        return (self.hazards, self.mended, self.rechecks, self.extensions, self.referrals,
                self.facts, self.messages)  # fmt: skip

    def found(self, deal: Deal, made: Made, numbers: range) -> list[Given]:
        """The findings of one visit, by their numbers in the batch; return those issued."""
        rng, kind = deal.rng, made.served.firm.kind
        confirmed = made.served.stage != "survey" or rng.random() < 0.5
        issued = []
        for number in numbers:
            words = kind.hazard(rng)
            fate = fate_of(rng, made.served, made.on, confirmed=confirmed)
            pk = self._hazard(deal, made, number, words, fate)
            if fate.is_issued:
                self.of_served[made.served.pk].append(pk)
                self._follow(deal, made.served, pk, number, fate)
                if words.clause:
                    issued.append(Given(pk, made, words, fate))
        return issued

    def _hazard(self, deal: Deal, made: Made, number: int, words: HazardWords, fate: Fate) -> str:
        served, on = made.served, made.on
        minutes = made.arrived + 10 + number % 45
        pk = uuid7_text(milliseconds(on, minutes), deal.rng.getrandbits(74))
        found, due = day(on), day(fate.due)
        issued = at(on + 1, 1_020) if fate.is_issued else NULL
        done = fate.state in ("closed", "submitted")
        closed = fate.state == "closed"
        rechecked = day(fate.rechecked) if closed else NULL
        major = at(on, minutes + 60) if words.severity == "major" else NULL
        last = fate.rechecked or fate.mended or on + 1
        self.hazards.add(
            pk, *served.whose, f"{served.batch.code}-{number:05d}", served.pk, made.pk,
            served.firm.pk, words.entry, found, at(on, minutes), served.inspector.name, words.place,
            words.description, words.category, words.subcategory, words.severity, words.basis,
            words.clause, words.measure, served.firm.principal.name, due,
            f"自{found}起{fate.due - on}日", found, str(fate.due - on), fate.state,
            TRUE if fate.is_overdue else FALSE, TRUE if fate.was_overdue else FALSE,
            "1" if fate.returned else "0", issued, at(fate.mended, 960) if done else NULL,
            day(fate.mended) if done else NULL, rechecked,
            served.inspector.name if closed else "", at(fate.rechecked, 930) if closed else NULL,
            major, at(on + 1, 600) if major != NULL else NULL,
            "现场核实不构成隐患" if fate.state == "dismissed" else "", at(last, 960),
        )  # fmt: skip
        return pk

    def _follow(self, deal: Deal, served: Served, pk: str, number: int, fate: Fate) -> None:
        if fate.mended:
            self._mended(deal, served, pk, number, fate)
        chance = deal.rng.random()
        if fate.state == "issued" and chance < 0.02:
            self._extension(deal, served, pk, fate)
        if fate.was_overdue and deal.is_running:
            self._tell(deal, served, pk, fate)
        if fate.is_overdue and chance < 0.3 and served.pk not in self._listed:
            self._refer(deal, served, pk, fate)

    def _mended(self, deal: Deal, served: Served, pk: str, number: int, fate: Fate) -> None:
        """Each submission, and the recheck of each but one that still waits."""
        whose, firm, person = served.whose, served.firm, served.inspector
        principal = str(firm.principal.membership)
        rounds = 2 if fate.returned else 1
        for turn in range(1, rounds + 1):
            bits = deal.rng.getrandbits(148)
            on = fate.mended - (rounds - turn)
            handed = uuid7_text(milliseconds(on, 960), bits)
            self.mended.add(
                handed, *whose, pk, str(turn), "已按整改措施完成整改，现场验证有效。",
                firm.principal.name, day(on), at(on, 960), principal, firm.principal.name,
            )  # fmt: skip
            if turn == rounds and fate.state != "closed":
                return
            passed = turn == rounds
            seen = fate.rechecked if passed else on
            self.rechecks.add(
                uuid7_text(milliseconds(seen, 1_000), bits >> 74), *whose, pk, handed,
                "passed" if passed else "partial", "" if passed else "尚缺验证材料",
                NULL if passed else day(fate.due), at(seen, 1_000), str(person.membership), person.name,
            )  # fmt: skip

    def _extension(self, deal: Deal, served: Served, pk: str, fate: Fate) -> None:
        key = uuid7_text(milliseconds(NOW - 1, 600), deal.rng.getrandbits(74))
        self.extensions.add(
            key, *served.whose, pk, "防护装置需按设备定制，厂家供货期约两周", day(fate.due),
            day(fate.due + 10), "asked", at(NOW - 1, 600), served.firm.principal.name, NULL, NULL, "",
        )  # fmt: skip

    def _tell(self, deal: Deal, served: Served, pk: str, fate: Fate) -> None:
        for org in (served.whose[2], served.whose[3]):
            key = uuid7_text(milliseconds(fate.due + 1, 10), deal.rng.getrandbits(74))
            title = f"隐患逾期：{served.firm.name}"
            self.messages.add(key, org, title, f"/hazards/{pk}/", at(fate.due + 1, 10))

    def _refer(self, deal: Deal, served: Served, pk: str, fate: Fate) -> None:
        """An enterprise whose hazard stayed open goes on the list of phase 5, once."""
        self._listed.add(served.pk)
        owner, _, _, firm = served.whose
        whose = (owner, deal.county.code, NULL, firm)
        on = min(fate.due + 15, NOW - 1)
        key = uuid7_text(milliseconds(on, 20), deal.rng.getrandbits(74))
        state, ended = ("listed", NULL) if deal.is_running else ("closed", at(on + 30, 600))
        self.referrals.add(key, *whose, served.pk, state, at(on, 20), ended)
        self._serial += 1
        self.facts.add(str(self._serial), *whose, key, "整改期限已过，仍未整改", pk, at(on, 20))
