"""All rules together: facts in, findings out. No rule reads the database, the clock or another."""

from inspections.signs import copies, journeys, presence
from inspections.signs.facts import Facts, Finding
from inspections.signs.thresholds import Thresholds

RULES = (
    presence.of_presence,
    journeys.of_journeys,
    copies.copied,
    copies.photos_seen,
    copies.one_photo,
)


def findings(facts: Facts, thresholds: Thresholds) -> list[Finding]:
    """Return the findings about the assignments of `facts`, in a fixed order, each once."""
    found = [finding for rule in RULES for finding in rule(facts, thresholds)]
    return sorted(found, key=lambda f: (f.assignment, f.kind, f.key))
