"""Who may serve on a day: asked wherever a provider is chosen, assigned or comes to an enterprise.

What was decided by any agency holds everywhere (domain.md 1.3). Whoever is barred is chosen for
nothing, is assigned nothing, sends nobody and logs no new visit; what it has under way is frozen:
its enterprises do not move on and it rechecks nothing, until they are handed over or the measure
ends. A visit that began before the decision was made is finished as usual, by the page or by the
phone, and its findings are confirmed: the enterprise must learn of them, and major hazards are
reported whatever happens to the provider.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery

from common.errors import DomainError
from providers.models import StaffCertificate, StandingDecision
from tenancy.models import Membership, Organization

LOCK = 0x57A7  # first key of the advisory lock; the second is the provider
BARRING = tuple(StandingDecision.BARRING)


def in_force(day: date, at: datetime | None = None) -> QuerySet[StandingDecision]:
    """Return the decisions that hold on a day; with `at` those that were made by that moment."""
    rows = StandingDecision.objects.filter(decided_at__isnull=False, from_on__lte=day)
    rows = rows.filter(Q(last_on=None) | Q(last_on__gte=day))
    return rows if at is None else rows.filter(decided_at__lte=at)


def barred_words(provider_org_id: int, day: date, *, at: datetime | None = None) -> str:
    """Say why a provider may not serve on a day; '' if it may. One statement.

    `at`: what was decided after that moment is left out, for a visit that began before it.
    """
    return barred_among([provider_org_id], day, at=at).get(provider_org_id, "")


def barred_among(
    provider_org_ids: Iterable[int], day: date, *, at: datetime | None = None
) -> dict[int, str]:
    """Return {provider: why it may not serve} of those who may not, in one statement.

    A body is known by its credit code, so what was decided before it was registered holds too. What
    a training agency plays holds for training bodies only.
    """
    bodies = Organization.objects.filter(pk__in=list(provider_org_ids))
    same = bodies.filter(
        credit_code=OuterRef("credit_code"), is_training=OuterRef("owner_agency__org__is_training")
    ).values("pk")[:1]
    rows = in_force(day, at).filter(
        measure__in=BARRING, credit_code__in=Subquery(bodies.values("credit_code"))
    )
    found = rows.annotate(org=Subquery(same)).values_list("org", "measure", "name", "from_on")
    heaviest = sorted(found, key=lambda row: BARRING.index(row[1]), reverse=True)
    return {
        org: barred_text(name, measure, since)
        for org, measure, name, since in heaviest
        if org is not None
    }


def barred_text(name: str, measure: str, since: date) -> str:
    """Say who is barred, since when and how."""
    return f"{name}自{since:%Y-%m-%d}起{StandingDecision.BARRING[measure]}"


def barred_people(
    people: Iterable[Membership], day: date, *, at: datetime | None = None
) -> dict[int, date]:
    """Return {membership: since when} of those under 职业禁入, in one statement.

    A person is known by his name and the number of a certificate he holds or held; ID numbers are
    asked of nobody here, so they can tell no member. `people` are of one body, loaded with their users.
    """
    asked = list(people)
    if not asked:
        return {}
    own = Organization.objects.filter(pk=asked[0].org_id).values("is_training")[:1]
    held = StaffCertificate.objects.filter(membership__user__in={p.user_id for p in asked})
    holder = held.filter(number=OuterRef("certificate_number")).values("membership__user")[:1]
    numbers = Q(certificate_number__in={p.certificate_number for p in asked} - {""})
    rows = in_force(day, at).filter(
        numbers | Q(certificate_number__in=Subquery(held.values("number"))),
        subject=StandingDecision.Subject.PERSON,
        owner_agency__org__is_training=Subquery(own),
    )
    found = list(
        rows.annotate(holder=Subquery(holder)).values_list(
            "name", "certificate_number", "holder", "from_on"
        )
    )
    since: dict[int, date] = {}
    for person in asked:
        for name, number, user_id, first in found:
            is_his = user_id == person.user_id or number == person.certificate_number
            if is_his and name == person.user.name:
                since[person.pk] = min(since.get(person.pk, first), first)
    return since


def barred_people_words(
    people: Iterable[Membership], day: date, *, at: datetime | None = None
) -> str:
    """Say who of them is under 职业禁入; '' where nobody is."""
    asked = list(people)
    found = barred_people(asked, day, at=at)
    rows = [(p.user.name, found[p.pk]) for p in asked if p.pk in found]
    return "、".join(f"{name}自{since:%Y-%m-%d}起被职业禁入" for name, since in rows)


def must_serve(
    provider_org_id: int, day: date, *, at: datetime | None = None, field: str | None = None
) -> None:
    """DomainError if a provider may not serve on a day.

    Held until the transaction ends: a decision that takes effect meanwhile waits for it, and finds
    what was chosen; one that came first is seen here.
    """
    hold_standing(provider_org_id, shared=True)
    if words := barred_words(provider_org_id, day, at=at):
        raise DomainError(f"{words}，不能承接或开展服务", field=field)


def hold_standing(provider_org_id: int, *, shared: bool = False) -> None:
    """Let nobody be chosen while a decision takes effect, or none take effect while one is chosen.

    A lock of a row will not do: agencies everywhere choose, and only one may write the provider's.
    """
    kind = "_shared" if shared else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT pg_advisory_xact_lock{kind}(%s, %s)", [LOCK, provider_org_id % 2**31]
        )


def ladder_on(
    credit_code: str, day: date, *, is_training: bool
) -> tuple[str, Sequence[StandingDecision]]:
    """Return the highest step of the ladder that holds on a day (机构状态), and all that holds."""
    found = in_force(day).filter(
        credit_code=credit_code, owner_agency__org__is_training=is_training
    )
    rows = list(found.order_by("from_on", "pk"))
    steps = [row.measure for row in rows if row.measure in StandingDecision.LADDER]
    return max(steps, key=StandingDecision.LADDER.index, default=""), rows
