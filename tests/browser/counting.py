"""What a way through the pages takes of a person: page loads, clicks, fields, counted as he goes."""

import re
from collections import Counter
from pathlib import Path

from playwright.sync_api import Locator, Page

TABLE = Path(__file__).parents[2] / "docs" / "people.md"
COUNT = re.compile(r"(\d+) (page|click|field|paste)s?\b")


class Counted:
    """A page on which every load, click and field is counted; use no other way to act on it."""

    def __init__(self, page: Page) -> None:
        self.page, self.counts = page, Counter[str]()
        page.on("load", lambda _: self._add("page"))

    def _add(self, what: str) -> None:
        self.counts[what] += 1

    def click(self, where: Locator) -> None:
        """One click."""
        self._add("click")
        where.click()

    def fill(self, where: Locator, text: str, what: str = "field") -> None:
        """One field, or one paste."""
        self._add(what)
        where.fill(text)

    def taken(self) -> dict[str, int]:
        """Return what it came to, and begin anew."""
        found, self.counts = {**self.counts}, Counter()
        return found


def promised(way: str) -> tuple[dict[str, int], dict[str, int]]:
    """Return what docs/people.md says a way takes: of the office, of each person."""
    for line in TABLE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == way:
            office, person = ({what: int(n) for n, what in COUNT.findall(c)} for c in cells[1:3])
            return office, person
    raise AssertionError(f"docs/people.md has no row for {way}")
