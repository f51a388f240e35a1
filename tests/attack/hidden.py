"""What is one's own and not to be seen yet: before it is confirmed, compared, scanned, or at all."""

from collections.abc import Iterator
from uuid import UUID

from common.scope import acting_as
from documents.models import Document
from evidence.models import Photo
from inspections.models import Hazard, SpotCheck, Visit
from tenancy.actors import SYSTEM
from tenancy.enums import OrgKind, Role
from tests import county as counties
from tests.attack.people import Attacker, Victim, World, everybody

UNCONFIRMED, BLIND = "还没有交底的隐患甲乙丙", "抽查前不给看的隐患丁戊己"
# Never a firm's, or a provider's, business: domain.md, appendix C.
NOT_FOR_FIRMS = (
    "assignment", "visit", "contract", "batch", "job", "sign", "referral", "spot_check", "meeting",
    "cycle", "import", "operation", "membership", "official_visit", "drawn_batch",
)  # fmt: skip
NOT_FOR_PROVIDERS = ("job", "sign", "cycle", "import", "referral", "spot_check", "official_visit")


def victims(world: World) -> Iterator[Victim]:
    """Yield what is hidden from whom."""
    county, things = world.scene.county, world.scene.things
    firms, providers, officers = (_who(world, *roles) for roles in (
        (Role.PRINCIPAL, Role.SAFETY_MANAGER),
        (Role.PROVIDER_ADMIN, Role.PROJECT_LEAD, Role.INSPECTOR),
        (Role.OFFICER,),
    ))  # fmt: skip
    yield Victim("what is no firm's business", "", 0,
                 {k: things[k] for k in NOT_FOR_FIRMS}, firms)  # fmt: skip
    yield Victim("what is no provider's business", "", 0,
                 {k: things[k] for k in NOT_FOR_PROVIDERS}, providers)  # fmt: skip
    fresh = counties.second_batch(county, 51)
    with acting_as(county.admin):
        org = fresh.enterprises[0].enterprise_org
    theirs = tuple(everybody(OrgKind.ENTERPRISE, org, "the firm that was visited", {}))
    yield _found(counties.visit(fresh), UNCONFIRMED, "what is not confirmed yet", theirs)
    drawn = counties.second_batch(county, 52)
    counties.drawn(drawn)
    with acting_as(SYSTEM):
        assert SpotCheck.objects.get(assignment=drawn.assignment).state in SpotCheck.BLIND
        visit = Hazard.objects.filter(assignment=drawn.assignment).first().visit
    yield _found(visit, BLIND, "what officers are blind to", officers)


def _who(world: World, *roles: Role) -> tuple[Attacker, ...]:
    return tuple(a for a in world.own if a.actor and a.actor.role in roles)


def _found(visit: Visit, words: str, name: str, attackers: tuple[Attacker, ...]) -> Victim:
    """The findings of a visit, told by their words and ids."""
    with acting_as(SYSTEM):
        hazards = Hazard.objects.filter(visit=visit)
        hazards.update(description=words)
        ids = [str(pk) for pk in hazards.values_list("pk", flat=True)]
        photos = Photo.objects.filter(subject_type="inspections.hazard", subject_id__in=ids)
        photo = photos.values_list("pk", flat=True).first()
        papers = Document.objects.filter(subject_id=str(visit.pk)).values_list("pk", flat=True)
        # What the firm signed on site is its own at once.
        paper = papers.first() if words == BLIND else None
    things = {"hazard": UUID(ids[0]), "photo": photo, "visit": visit.pk}
    things |= {"document": paper} if paper else {}
    told = frozenset({words, *ids, *(str(pk) for pk in things.values())})
    return Victim(name, "", 0, things, attackers, told)
