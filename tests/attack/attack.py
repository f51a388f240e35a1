"""The attack: everybody, at every address, with what belongs to somebody else.

Run by `make attack` in an installation of its own. It prints what was sent and ends with 1 where
anything of a victim's came back, was changed, or was hung upon; where a page broke or an attacker
was stopped for asking too often; where an address opens to nobody, so that a refusal there would
prove nothing; where a policy keeps nothing away; and where it sent fewer requests than `FEWEST`.

How a new URL gets attacked: `routes.py` reads it from the URL table and finds out which own things
open it; `pages.py` asks for the victim's instead; `parameters.py` finds out what it reads from a
request, and puts the victim's into that. `probes.py` judges each answer by `canaries.py` (what came
back) and `rows.py` (what was written). Nothing is to be added for it, unless no thing of
`tests/scene.py` opens it: then the attack says so.
"""

import logging
import sys
import time
from collections.abc import Sequence

import django

django.setup()

from django.conf import settings  # noqa: E402  (after Django is up)

from common.scope import acting_as  # noqa: E402
from documents.handing_over import receipt_token  # noqa: E402
from documents.models import Document  # noqa: E402
from inspections.models import DrawPublication, Meeting  # noqa: E402
from inspections.services.meetings import sign_in_token  # noqa: E402
from stack import embedded  # noqa: E402
from tenancy.actors import SYSTEM  # noqa: E402
from tenancy.models import Invitation  # noqa: E402
from tenancy.services import invitation_token  # noqa: E402
from tests.attack import (  # noqa: E402
    canaries,
    hidden,
    operations,
    pages,
    parameters,
    policies,
    raw_sql,
    tokens,
    workers,
)  # fmt: skip
from tests.attack.people import Victim, World, build  # noqa: E402
from tests.attack.probes import Attack, Report  # noqa: E402
from tests.attack.routes import CLOSED_TO_ALL, Calibration, Opened, routes  # noqa: E402

FEWEST = 10_000  # requests


def calibrate(world: World, report: Report) -> list[Opened]:
    """Return how each route opens to its own people."""
    found: list[Opened] = []
    calibration = Calibration(world.own)
    for route in routes():
        if not route.types:
            found.append(Opened(route, ()))
        elif not route.is_word and route.name not in CLOSED_TO_ALL:
            ways = calibration.opened(route)
            found += ways
            if not ways:
                report.fail(
                    f"{route.name}: no own thing opens it, so that a refusal proves nothing"
                )
    report.notes["routes of the URL table"] = len(routes())
    report.notes["routes that own things open"] = len({o.route for o in found if o.kinds})
    return found


def attack_over_http(victim: Victim, known: Sequence[Opened], report: Report) -> None:
    """Everybody who is to get nothing of a victim's tries to."""
    for attacker in victim.attackers:
        before, attack = report.sent.total(), Attack(attacker, victim, report)
        pages.attack_things(attack, known)
        parameters.attack_own_pages(attack, known)
        if victim.column:
            operations.attack_operations(attack)
            tokens.attack_tokens(attack, routes(), known_tokens(victim))
        if not attacker.is_signed_in():
            report.fail(f"{attacker.name} was no longer signed in")
        number = report.sent.total() - before
        print(f"{number:>8}  {attacker.name} against {victim.name}", flush=True)


def known_tokens(victim: Victim) -> dict[str, str]:
    """Return {route: the victim's code that opens it}."""
    with acting_as(SYSTEM):
        paper = Document.objects.get(pk=victim.things["document"])
        meeting = Meeting.objects.get(pk=victim.things["meeting"])
        invitation = Invitation.objects.get(pk=victim.things["invitation"])
        draw = DrawPublication.objects.filter(owner_agency_id=paper.owner_agency_id)[0]
        return {
            "tenancy:invitation-accept": invitation_token(invitation),
            "documents:receive": receipt_token(paper),
            "documents:receive-file": receipt_token(paper),
            "inspections:sign-in": sign_in_token(meeting),
            "portal:check": paper.check_code,
            "portal:draw": draw.code,
            "portal:draw-json": draw.code,
            "portal:purchase": victim.things["publication"],
            "portal:purchase-json": victim.things["publication"],
        }


def attack_the_database(world: World, report: Report) -> None:
    """Raw SQL by everybody, tasks of another agency, and each policy switched off."""
    raw_sql.see_policies(report)
    for victim in world.victims:
        report.untold.update(canaries.uncovered(victim.column, victim.value))
        for attacker in victim.attackers:
            raw_sql.attack_tables(attacker, victim, report)
    stranger = world.victims[0]
    workers.attack_tasks(world.scene.county.zone.pk, stranger, report)
    people = [*world.own, *stranger.attackers]
    policies.switch_off_each(people, world.victims, report)


def tell(report: Report) -> None:
    """Print what was done, and what was wrong."""
    for counted in (report.sent, report.notes):
        for part, number in sorted(counted.items()):
            print(f"{number:>8}  {part}")
    for status, number in sorted(report.answers.items()):
        print(f"{number:>8}  answered {status}")
    print("only numbers tell whose a row of these is: " + ", ".join(sorted(report.untold)))
    sent, more = report.answers.total(), report.sent.total() - report.answers.total()
    print(f"{sent} requests and {more} other probes, {len(report.wrong)} got through")
    if sent < FEWEST:
        print(f"fewer than {FEWEST} requests: the attack itself is broken")


def main() -> int:
    """Attack, say what was done; return 1 if anything got through."""
    embedded.ensure_started()
    logging.disable(logging.ERROR)  # that it is refused is what we want to see
    settings.RATELIMIT_ENABLE = False  # who is stopped for asking too often was not refused
    settings.SESSION_IDLE_MINUTES = dict.fromkeys(settings.SESSION_IDLE_MINUTES, 24 * 60)
    began, report = time.monotonic(), Report()
    world = build()
    known = calibrate(world, report)
    for victim in (*world.victims, *hidden.victims(world)):
        attack_over_http(victim, known, report)
    attack_the_database(world, report)
    tell(report)
    print(f"it took {time.monotonic() - began:.0f} s")
    return int(bool(report.wrong) or report.answers.total() < FEWEST)


if __name__ == "__main__":
    sys.exit(main())
