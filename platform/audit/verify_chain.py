#!/usr/bin/env python3
"""Check an agency's exported chain of acts, without the platform that wrote it.

    python3 verify_chain.py chain.jsonl --heads heads.jsonl --files FOLDER

Standard library only, so that anybody can read it whole and run it anywhere; the platform checks
itself with these very lines. What the files hold and what a check proves: docs/chain.md.
"""

import argparse
import hashlib
import json
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

GENESIS = "0" * 64
CHAIN_FORMAT, HEADS_FORMAT = "anfu-chain-1", "anfu-heads-1"
ERASURE = "file.erase"  # an act by which a file was deleted on purpose: data.sha256 names it
LOOK_BACK = 100  # places before a misfit among which its true predecessor is sought
TOGETHER = 100  # misfits that are explained together
CHINA = timezone(timedelta(hours=8))

CHANGED, REMOVED, INSERTED, REORDERED = "changed", "removed", "inserted", "reordered"
FORGED, TRUNCATED, REWRITTEN, FILE = "forged", "truncated", "rewritten", "file"


@dataclass(frozen=True, slots=True)
class Link:
    """A place in a chain. `text` is its act as canonical JSON, None where the act is gone."""

    sequence: int
    hash: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """What was published at the end of a day: the last place of a chain, and its hash."""

    day: str
    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at a place of the chain (0: as a whole), in a sentence."""

    sequence: int
    kind: str
    words: str


def canonical(value: object) -> str:
    """Return the one text that stands for a value: keys sorted, no blanks, nothing escaped."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def link_hash(previous: str, text: str) -> str:
    """Return the seal of an act behind the seal `previous`."""
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def label(text: str | None) -> str:
    """Return who did what when, for a sentence; '' for what cannot be read."""
    try:
        act = json.loads(text or "")
        at = datetime.fromisoformat(act["at"]).astimezone(CHINA)
        return f"（{at:%Y-%m-%d %H:%M} {act['actor_name']} {act['act']}）"
    except (ValueError, KeyError, TypeError):
        return ""


@dataclass(slots=True)
class _Misfit:
    """A place whose seal does not follow from its act and the seal before it."""

    place: int
    before: str | None  # the seal before it; None where that one is missing
    hash: str
    text: str
    recent: tuple[tuple[str, int], ...]
    after: int | None = None  # the place behind which it was sealed, where it stands elsewhere now

    def follows(self, previous: str | None) -> bool:
        return previous is not None and link_hash(previous, self.text) == self.hash

    def problem(self, kind: str, words: str) -> Problem:
        return Problem(self.place, kind, f"第{self.place}号{label(self.text)}{words}")


def _forged(rows: list[_Misfit]) -> set[int]:
    """Return the places whose seal was changed though act and order are right.

    The seals of a run are worked out anew; where the run's next row follows from that, it was so.
    """
    by_place = {row.place: row for row in rows}
    forged: set[int] = set()
    for row in rows:
        if row.place in forged or row.before is None:
            continue
        run, right = [row.place], link_hash(row.before, row.text)
        while following := by_place.get(run[-1] + 1):
            if following.follows(right):
                forged.update(run)
                following.after = run[-1]
                break
            run.append(following.place)
            right = link_hash(right, following.text)
    return forged


def _find_predecessors(rows: list[_Misfit]) -> None:
    """Note for each row behind which place it was sealed, if that place is near or broken too."""
    broken = [(row.hash, row.place) for row in rows]
    broken += [(row.before, row.place - 1) for row in rows if row.before]
    for row in rows:
        if row.after is None:
            near = (place for seal, place in (*row.recent, *broken) if row.follows(seal))
            row.after = next((place for place in near if place != row.place), None)


def explained(rows: list[_Misfit]) -> Iterator[Problem]:
    """Yield what happened to rows that do not fit: forged, inserted before, moved, changed."""
    forged = _forged(rows)
    rest = [row for row in rows if row.place not in forged]
    for row in rows:
        if row.place in forged:
            yield row.problem(FORGED, "的封存被改过，记录本身没有变")
    _find_predecessors(rest)
    moved = {row.place for row in rest if row.after not in (None, row.place - 1)}
    strangers: set[int] = set()
    for row in rest:
        if row.after is not None and row.after < row.place - 1 and row.after + 1 not in moved:
            strangers.update(range(row.after + 1, row.place))
            moved.discard(row.place)
            row.after = row.place - 1
    for place in sorted(strangers):
        yield Problem(place, INSERTED, f"第{place}号是后来插进去的")
    for row in rest:
        if row.place not in strangers and row.after != row.place - 1:
            yield from _explained_alone(row, rest)


def _explained_alone(row: _Misfit, rows: list[_Misfit]) -> Iterator[Problem]:
    if row.after is not None:
        behind = f"紧接在现在的第{row.after}号之后" if row.after else "是第1号"
        yield row.problem(REORDERED, f"的次序被调换：它原来{behind}")
    elif row.before is not None:
        for other in rows:
            if other is not row and link_hash(row.before, other.text) == row.hash:
                words = f"的次序被调换：原来在这里的记录现在排在第{other.place}号"
                yield row.problem(REORDERED, words)
                return
        words = "与封存不符：这条记录或它的封存被改过，或者它前面有记录被抽走"
        yield row.problem(CHANGED, words)


@dataclass(slots=True)
class Walk:
    """Follows a chain place by place, in memory that does not grow with it.

    A walk may begin in the middle, behind the place `place` with the seal `seal`.
    """

    heads: Mapping[int, Head] = field(default_factory=dict)  # by sequence
    place: int = 0
    seal: str | None = GENESIS
    _recent: deque[tuple[str, int]] = field(default_factory=lambda: deque(maxlen=LOOK_BACK))
    _misfits: list[_Misfit] = field(default_factory=list)
    _published: dict[str, int] = field(default_factory=dict)  # hash → where it was found, 0: not

    def __post_init__(self) -> None:
        self._published = {head.hash: 0 for head in self.heads.values()}
        self._recent.append((self.seal or "", self.place))

    def follow(self, link: Link) -> Iterator[Problem]:
        """Go on to the next link; yield what is known to be wrong so far."""
        yield from self._step(link)
        if len(self._misfits) >= TOGETHER:
            yield from self._explain()

    def finish(self, *, until: int | None = None) -> Iterator[Problem]:
        """Yield the rest, and what is unlike the published heads.

        `until` is the last place of a part of a chain; without it the chain should end here.
        """
        yield from self._explain()
        if until is not None and self.place < until:
            yield self._gap(until + 1)
        yield from self._against_heads(is_end=until is None)

    def _step(self, link: Link) -> Iterator[Problem]:
        if link.sequence <= self.place:
            yield Problem(link.sequence, INSERTED, f"第{link.sequence}号出现了不止一次")
            return
        if link.sequence > self.place + 1:
            yield self._gap(link.sequence)
            self.seal = None
        if link.text is None:
            words = f"第{link.sequence}号的记录不见了，只剩它的封存"
            yield Problem(link.sequence, REMOVED, words)
        elif self.seal is None or link_hash(self.seal, link.text) != link.hash:
            self._misfits.append(
                _Misfit(link.sequence, self.seal, link.hash, link.text, tuple(self._recent))
            )
        if link.hash in self._published and not self._published[link.hash]:
            self._published[link.hash] = link.sequence
        self.place, self.seal = link.sequence, link.hash
        self._recent.append((link.hash, link.sequence))

    def _gap(self, found: int) -> Problem:
        first, last = self.place + 1, found - 1
        which = f"第{first}号" if first == last else f"第{first}号至第{last}号"
        words = f"{which}被抽走，封存不见了；第{found}号因此无法核对与前面是否相接"
        return Problem(first, REMOVED, words)

    def _explain(self) -> Iterator[Problem]:
        yield from explained(self._misfits)
        self._misfits.clear()

    def _against_heads(self, is_end: bool) -> Iterator[Problem]:
        """Compare with the published heads; days that went wrong the same way are told once."""
        wrong = []
        for head in sorted(self.heads.values(), key=lambda h: h.sequence):
            place = self._published[head.hash]
            if place == head.sequence or (head.sequence > self.place and not is_end):
                continue
            wrong.append((head, place - head.sequence if place else None))
        for (is_beyond, shift), group in groupby(
            wrong, key=lambda w: (w[1] is None and w[0].sequence > self.place, w[1])
        ):
            first, *more = [head for head, _ in group]
            rest = f"；此后公布的{len(more)}次也都如此" if more else ""
            yield self._unlike(first, is_beyond, shift, rest)

    def _unlike(self, head: Head, is_beyond: bool, shift: int | None, rest: str) -> Problem:
        said = f"{head.day}公布的第{head.sequence}号"
        if is_beyond:
            words = f"链只到第{self.place}号，而{said}已经存在：末尾的记录被删去{rest}"
            return Problem(self.place + 1, TRUNCATED, words)
        if shift is None:
            words = (
                f"{said}与现在的第{head.sequence}号不是同一条：公布之后，这一号或它以前被改写{rest}"
            )
            return Problem(head.sequence, REWRITTEN, words)
        kind, more = (REMOVED, "少") if shift < 0 else (INSERTED, "多")
        words = f"{said}现在排在第{head.sequence + shift}号：前面{more}了{abs(shift)}条记录{rest}"
        return Problem(head.sequence + shift, kind, words)


# --- files of evidence ----------------------------------------------------------------------


def file_of(text: str) -> tuple[str, str] | None:
    """Return (path, SHA-256) of the file that an act vouches for, None if there is none."""
    if '"file":' not in text:
        return None
    try:
        data = json.loads(text)["data"]
        return str(data["file"]), str(data["sha256"])
    except (ValueError, KeyError, TypeError):
        return None


def file_problems(
    link: Link, open_file: Callable[[str], BinaryIO], is_erased: Callable[[str], bool]
) -> Iterator[Problem]:
    """Yield what is wrong with the file of an act, if it has one, reading a piece at a time.

    A file that is gone is no problem where an act says that it was erased on purpose.
    """
    if link.text is None or (found := file_of(link.text)) is None:
        return
    path, sha256 = found
    wrong = ""
    try:
        if _digest(open_file, path) != sha256:
            wrong = "被改过"
    except FileNotFoundError:
        wrong = "" if is_erased(sha256) else "不见了"
    except OSError as error:
        wrong = f"读不出来（{error}）"
    if wrong:
        words = f"第{link.sequence}号{label(link.text)}的文件{wrong}：{path}"
        yield Problem(link.sequence, FILE, words)


def _digest(open_file: Callable[[str], BinaryIO], path: str) -> str:
    digest = hashlib.sha256()
    with open_file(path) as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


# --- published days -------------------------------------------------------------------------


def read_days(lines: Iterable[bytes]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each published day with the SHA-256 of its line; ValueError for anything else."""
    for line in lines:
        if text := line.strip(b"\r\n"):
            day = json.loads(text)
            if not isinstance(day, dict) or day.get("format") != HEADS_FORMAT:
                raise ValueError(f"不是 {HEADS_FORMAT} 格式")
            yield day, hashlib.sha256(text).hexdigest()


def days_problems(days: Iterable[tuple[dict[str, Any], str]]) -> Iterator[Problem]:
    """Yield where published days, in order, do not hang together."""
    last, seal = None, ""
    for day, sha256 in days:
        today = date.fromisoformat(day["day"])
        if today == last and sha256 != seal:
            yield Problem(0, REWRITTEN, f"{today}的公布有两份，内容不同")
        elif last and today == last + timedelta(days=1) and day["previous"] != seal:
            yield Problem(0, REWRITTEN, f"{today}的公布接不上前一天的：其中一份被改过")
        last, seal = today, sha256


def heads_of(days: Iterable[dict[str, Any]], agency: int) -> dict[int, Head]:
    """Return the heads of one agency's chain by sequence; a day without acts adds none."""
    heads: dict[int, Head] = {}
    for day in days:
        for chain in day["chains"]:
            if chain["agency"] == agency:
                head = Head(day["day"], chain["sequence"], chain["hash"])
                heads.setdefault(head.sequence, head)
    return heads


# --- the exported chain ---------------------------------------------------------------------


def read_link(line: str) -> Link:
    """Return a line of an export; the act's text is taken as it stands, byte for byte."""
    front, mark, text = line.rstrip("\r\n").partition(',"act":')
    if not mark or not text.endswith("}"):
        raise ValueError("这一行不完整")
    place, text = json.loads(front + "}"), text[:-1]
    return Link(int(place["sequence"]), str(place["hash"]), None if text == "null" else text)


def read_head_line(line: str) -> dict[str, Any]:
    """Return the first line of an export: whose chain, and how long it was."""
    head = json.loads(line)
    if not isinstance(head, dict) or head.get("format") != CHAIN_FORMAT:
        raise ValueError(f"不是 {CHAIN_FORMAT} 格式的导出文件")
    return head


def _erased(path: Path) -> set[str]:
    found = set()
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if f'"act":"{ERASURE}"' in line:
                found.add(json.loads(read_link(line).text or "")["data"]["sha256"])
    return found


def _inside(folder: Path) -> Callable[[str], BinaryIO]:
    def open_file(name: str) -> BinaryIO:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()) or path.is_dir():
            raise FileNotFoundError(name)
        return path.open("rb")

    return open_file


@dataclass(slots=True)
class Totals:
    """What was looked at, for the last line."""

    acts: int = 0
    files: int = 0
    started: float = field(default_factory=time.monotonic)

    def count(self, link: Link) -> None:
        """Count a place and say on the screen how far it is."""
        self.acts += 1
        self.files += link.text is not None and file_of(link.text) is not None
        if self.acts % 100_000 == 0:
            print(f"已核对 {self.acts} 条", file=sys.stderr)


def check_export(
    path: Path, *, heads: Iterable[Path] = (), files: Path | None = None, totals: Totals
) -> Iterator[Problem]:
    """Yield everything that is wrong with an export against published heads and stored files."""
    days = sorted(_days(heads), key=lambda day: str(day[0]["day"]))
    yield from days_problems(days)
    erased = _erased(path) if files is not None else set()
    with path.open(encoding="utf-8", errors="replace") as lines:
        head = read_head_line(next(lines, "null"))
        published = heads_of((day for day, _ in days), int(head["agency"]))
        if days and not published:
            yield Problem(
                0, TRUNCATED, "链头文件里没有这条链，无从核对末尾是否被删、整条是否被改写"
            )
        walk = Walk(published)
        for number, line in enumerate(lines, start=2):
            try:
                link = read_link(line)
            except (ValueError, KeyError, TypeError) as error:
                yield Problem(0, CHANGED, f"文件第{number}行读不懂：{error}")
                continue
            totals.count(link)
            yield from walk.follow(link)
            if files is not None:
                yield from file_problems(link, _inside(files), erased.__contains__)
        yield from walk.finish()
    if walk.place < int(head["sequence"]):
        words = f"文件到第{walk.place}号为止，而抬头写明有{head['sequence']}号：末尾缺失"
        yield Problem(walk.place + 1, TRUNCATED, words)


def _days(paths: Iterable[Path]) -> Iterator[tuple[dict[str, Any], str]]:
    for path in paths:
        with path.open("rb") as lines:
            yield from read_days(lines)


def main(arguments: list[str] | None = None) -> int:
    """Check what the command line names; 0: all is well, 1: something is wrong, 2: unreadable."""
    parser = argparse.ArgumentParser(description="核对导出的操作记录链")
    parser.add_argument("export", type=Path, help="导出的链（.jsonl）")
    parser.add_argument(
        "--heads", type=Path, nargs="+", default=[], help="公布的链头文件，一份或多份"
    )
    parser.add_argument("--files", type=Path, help="证据文件所在的文件夹，目录结构与服务器相同")
    chosen = parser.parse_args(arguments)
    totals, wrong = Totals(), 0
    try:
        for problem in check_export(
            chosen.export, heads=chosen.heads, files=chosen.files, totals=totals
        ):
            wrong += 1
            print(problem.words)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"读不懂：{error}", file=sys.stderr)
        return 2
    seconds = time.monotonic() - totals.started
    said = f"核对了 {totals.acts} 条记录、{totals.files} 个文件，用时 {seconds:.1f} 秒："
    print(said + (f"发现 {wrong} 处问题" if wrong else "没有发现问题"))
    print(f"核对时间 {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
