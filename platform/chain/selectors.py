from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from django.apps import apps
from django.utils import timezone

from audit.models import AuditEntry, PublishedDay, Seal, Unsealed
from audit.services import PLATFORM
from chain.models import Verification
from chain.services import KIND
from chain.words import act_words
from tenancy.actors import Actor
from tenancy.models import Agency
from workflow.models import Job


@dataclass(frozen=True, slots=True)
class State:
    """Where an agency's chain stands."""

    last: Seal | None
    sealed_today: int
    waiting: int
    published: PublishedDay | None
    verifications: list[Verification]
    running: Job | None

    @property
    def verified(self) -> Verification | None:
        """The last check that came to its end."""
        return next((row for row in self.verifications if row.finished_at), None)


def chain_state(actor: Actor) -> State:
    """Return the state of the chain of the actor's agency, in a fixed number of statements."""
    seals = Seal.objects.filter(agency_id=actor.org)
    last = seals.order_by("-sequence").first()
    checks = Verification.objects.filter(owner_agency=actor.org).order_by("-id")
    running = Job.objects.filter(kind=KIND, owner_agency=actor.org, state=Job.State.RUNNING)
    return State(
        last=last,
        sealed_today=_sealed_today(actor.org, last),
        waiting=Unsealed.objects.filter(agency_id=actor.org).count(),
        published=PublishedDay.objects.defer("signature").order_by("-day").first(),
        verifications=list(checks[:10]),
        running=running.first(),
    )


def _sealed_today(agency_id: int, last: Seal | None) -> int:
    """Return how many places came today: as far as the last one is behind yesterday's last."""
    if last is None:
        return 0
    start = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    earlier = Seal.objects.filter(agency_id=agency_id, sealed_at__lt=start).order_by("-sequence")
    return last.sequence - (earlier.values_list("sequence", flat=True).first() or 0)


@dataclass(frozen=True, slots=True)
class LogRow:
    """One act as the log shows it; `place` is None until it is sealed."""

    act: AuditEntry
    words: str
    subject: str
    place: int | None


def log_rows(acts: Iterable[AuditEntry]) -> list[LogRow]:
    """Return acts with their words, the name of their subject's kind and their place, in one go."""
    found = list(acts)
    places = places_of(found)
    return [
        LogRow(act, act_words(act.act), subject_words(act.subject_type), places.get(act.pk))
        for act in found
    ]


def places_of(acts: Iterable[AuditEntry]) -> dict[UUID, int]:
    """Return {act id: place in its chain} for those that are sealed, in one statement."""
    seals = Seal.objects.filter(entry_id__in=[act.pk for act in acts])
    return dict(seals.values_list("entry_id", "sequence"))


def subject_words(subject_type: str) -> str:
    """Return the Chinese name of a kind of subject, '' for what is no table."""
    try:
        return str(apps.get_model(subject_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return ""


def chains_of_region(code: str) -> list[int]:
    """Return the chains of the agencies that serve exactly one region; "0": the platform's own."""
    if code == str(PLATFORM):
        return [PLATFORM]
    return list(Agency.objects.filter(region_code=code).order_by("pk").values_list("pk", flat=True))
