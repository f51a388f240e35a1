"""For each kind of act that waits, how it comes to wait, what its page shows, how it is done.

A story does what makes it wait, yields who it waits for and the page of the act, and does the act.
"""

from tests.home.turns import agency, buying, firm, provider, shared

STORIES = {
    **firm.STORIES, **provider.STORIES, **agency.STORIES, **buying.STORIES, **shared.STORIES,
}  # fmt: skip
