"""Pictures of the demonstration: a few of each drawing, made once, so that three months stay quick."""

from functools import cache
from random import Random

from inspections import demo_text

VARIANTS = 5


@cache
def _drawn(kind: str, number: int, is_after: bool) -> bytes:
    rng = Random(f"{kind}-{number}-{is_after}")
    return demo_text.photo(rng, kind, f"第{number + 1}号示意图", is_after=is_after)


def picture(rng: Random, category: str, subcategory: str, *, is_after: bool = False) -> bytes:
    """A picture of what a hazard of that category looks like, before or after."""
    kind = demo_text.photo_kind(category, subcategory)
    return _drawn(kind, rng.randrange(VARIANTS), is_after)
