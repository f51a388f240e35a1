"""The attack: everybody, at every address, with what belongs to somebody else.

Run by `make attack` in an installation of its own. It prints what was sent and ends with 1 where
anything of a victim's came back, was changed, or was hung upon; where a page broke; where an address
opens to nobody, so that a refusal there would prove nothing; and where a policy keeps nothing away.
"""

import logging
import sys
import time
from collections.abc import Mapping

import django

django.setup()

from common.scope import acting_as  # noqa: E402  (after Django is up)
from documents.handing_over import receipt_token  # noqa: E402
from documents.models import Document  # noqa: E402
from inspections.models import DrawPublication, Meeting  # noqa: E402
from inspections.services.meetings import sign_in_token  # noqa: E402
from stack import embedded  # noqa: E402
from tenancy.actors import SYSTEM  # noqa: E402
from tenancy.models import Invitation  # noqa: E402
from tenancy.services import invitation_token  # noqa: E402
from tests.attack import canaries, hidden, pages, parameters, raw_sql, tokens, workers  # noqa: E402
from tests.attack.people import Victim, World, build  # noqa: E402
from tests.attack.probes import Attack, Report  # noqa: E402
from tests.attack.routes import Kinds, Route, opened_by, routes  # noqa: E402

FEWEST = 10_000  # probes


def calibrate(world: World, report: Report) -> dict[Route, set[Kinds]]:
    """Return {route: kinds of own things that open it}."""
    known: dict[Route, set[Kinds]] = {}
    for route in routes():
        known[route] = opened_by(route, world.own) if route.types else {()}
        if not known[route] and route.types != (str,):
            report.fail(f"{route.name}: no own thing opens it, so that a refusal proves nothing")
    return known


def attack_over_http(victim: Victim, known: Mapping[Route, set[Kinds]], report: Report) -> None:
    """Everybody who is to get nothing of a victim's tries to."""
    for attacker in victim.attackers:
        attack = Attack(attacker, victim, report)
        pages.attack_things(attack, known)
        pages.attack_lists(attack, known)
        if victim.column:
            parameters.attack_queries(attack, known)
            parameters.attack_forms(attack, known)
        print(f"  {attacker.name} against {victim.name}: {report.sent.total()}", flush=True)


def known_tokens(world: World) -> dict[str, str]:
    """Return {route: a token that opens it}."""
    with acting_as(SYSTEM):
        paper = Document.objects.get(pk=world.scene.things["document"])
        meeting = Meeting.objects.get(pk=world.scene.things["meeting"])
        invitation = Invitation.objects.filter(pk=world.scene.things["invitation"]).get()
        draw = DrawPublication.objects.order_by("pk")[0]
        return {
            "tenancy:invitation-accept": invitation_token(invitation),
            "documents:receive": receipt_token(paper),
            "documents:receive-file": receipt_token(paper),
            "inspections:sign-in": sign_in_token(meeting),
            "portal:check": paper.check_code,
            "portal:draw": draw.code,
            "portal:draw-json": draw.code,
        }


def attack_all(world: World, report: Report) -> None:
    """Every part of the attack."""
    known = calibrate(world, report)
    victims = [*world.victims, *hidden.victims(world)]
    for victim in victims:
        attack_over_http(victim, known, report)
        if victim.column:
            for table in canaries.uncovered(victim):
                print(f"  no word tells whose a row of {table} is: {victim.name}")
            for attacker in victim.attackers:
                raw_sql.attack_tables(attacker, victim, report)
    [stranger, *_] = world.victims
    nobody = world.victims[-1].attackers[-1]
    tokens.attack_tokens(Attack(nobody, stranger, report), known, known_tokens(world))
    workers.attack_tasks(world.scene.county.zone.pk, stranger, report)
    raw_sql.switch_off_each([*world.own, nobody], stranger, report)


def main() -> int:
    """Attack, say what was done; return 1 if anything got through."""
    embedded.ensure_started()
    logging.disable(logging.ERROR)  # that it is refused is what we want to see
    began, report = time.monotonic(), Report()
    attack_all(build(), report)
    for part, number in sorted(report.sent.items()):
        print(f"{number:>8}  {part}")
    for status, number in sorted(report.answers.items()):
        print(f"{number:>8}  answered {status}")
    total = report.sent.total()
    print(f"{total} probes in {time.monotonic() - began:.0f} s, {len(report.wrong)} got through")
    for words in list(report.wrong)[:200]:
        print(f"  {words}")
    if total < FEWEST:
        print(f"fewer than {FEWEST} probes: the attack itself is broken")
    return int(bool(report.wrong) or total < FEWEST)


if __name__ == "__main__":
    sys.exit(main())
