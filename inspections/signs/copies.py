"""Words and pictures that stand in more places than one."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from evidence.pictures import phash_distance
from inspections.models.signs import Sign
from inspections.signs.facts import Facts, Finding, HazardFact, PhotoFact, named
from inspections.signs.near import NearIndex
from inspections.signs.thresholds import Thresholds

Kind = Sign.Kind
NUMERALS = frozenset("〇零一二三四五六七八九十百千两")
MOST_LISTED = 20  # lines of figures
MOST_OTHERS = 10  # further visits to look at


def normalised(text: str) -> str:
    """Return what is left of words without punctuation, spaces, digits and numerals, in one width."""
    wide = unicodedata.normalize("NFKC", text).lower()
    return "".join(c for c in wide if unicodedata.category(c)[0] == "L" and c not in NUMERALS)


# words


def copied(facts: Facts, thresholds: Thresholds) -> Iterator[Finding]:
    """Yield for each visit which of its descriptions stand at other enterprises too.

    The library's own words are there to be used: of these counts only where the place is called the
    same as well, and only at many enterprises.
    """
    firms: dict[tuple[str, ...], set[int]] = defaultdict(set)
    by_visit: dict[str, list[tuple[HazardFact, tuple[str, ...]]]] = defaultdict(list)
    for hazard in facts.hazards:
        key = _words_of(hazard)
        if len(key[-1]) >= thresholds.copied_length:
            firms[key].add(hazard.firm)
            by_visit[hazard.visit].append((hazard, key))
    for visit, hazards in sorted(by_visit.items()):
        found = [
            (hazard, key, len(firms[key]))
            for hazard, key in hazards
            if len(firms[key]) >= _least(key, thresholds)
        ]
        if found:
            yield _copied(visit, found)


def _words_of(hazard: HazardFact) -> tuple[str, ...]:
    """What is compared: (words), or (place, words) where the words are the library's own."""
    words = normalised(hazard.description)
    return (normalised(hazard.place), words) if hazard.is_library else (words,)


def _least(key: tuple[str, ...], thresholds: Thresholds) -> int:
    return thresholds.library_copies if len(key) == 2 else thresholds.copies


def _copied(visit: str, found: Sequence[tuple[HazardFact, tuple[str, ...], int]]) -> Finding:
    own = [h for h, key, _ in found if len(key) == 1]
    library = [h for h, key, _ in found if len(key) == 2]
    most = max(count for _, _, count in found)
    words = []
    if own:
        words.append(f"{len(own)}项自写的描述与其他企业相同（只差标点、数字）")
    if library:
        words.append(f"{len(library)}项照用隐患库原文且部位同名（照用原文正常，处处同名请抽看）")
    lines = [f"{h.number} “{h.description[:40]}”见于{count}家企业" for h, _, count in found]
    return Finding(
        found[0][0].assignment, visit, Kind.COPIED, visit,
        f"{'；'.join(words)}，最多见于{most}家企业：{named([h.number for h, _, _ in found])}。"
        "请核实是否逐家查看后描写。",
        {
            "自写而相同的描述": len(own), "照用原文且部位同名": len(library), "最多见于（家）": most,
            "描述": lines[:MOST_LISTED],
        },
        evidence=tuple(sorted({"|".join(key) for _, key, _ in found})),
    )  # fmt: skip


# pictures

Hit = tuple[PhotoFact, int | None]  # the other picture; bits that differ, None for the same bytes


def photos_seen(facts: Facts, thresholds: Thresholds) -> Iterator[Finding]:
    """Yield for each visit which of its pictures are elsewhere too: found ones, closing ones."""
    index = _Pictures((*facts.photos, *facts.others), thresholds.photo_bits)
    groups: dict[tuple[str, bool], list[PhotoFact]] = defaultdict(list)
    for photo in facts.photos:
        groups[photo.visit, photo.is_closing].append(photo)
    for (visit, is_closing), photos in sorted(groups.items()):
        hits = {photo.id: [hit for hit in index.like(photo) if _counts(photo, *hit)]
                for photo in photos}  # fmt: skip
        seen = [photo for photo in photos if hits[photo.id]]
        if seen:
            yield _seen(visit, is_closing, seen, hits)


class _Pictures:
    """Pictures by their bytes and, near to one another, by what they show."""

    def __init__(self, photos: Iterable[PhotoFact], bits: int) -> None:
        self._by_bytes: dict[str, list[PhotoFact]] = defaultdict(list)
        self._by_look: dict[str, list[PhotoFact]] = defaultdict(list)
        for photo in photos:
            self._by_bytes[photo.sha256].append(photo)
            if photo.phash:
                self._by_look[photo.phash].append(photo)
        self._index = NearIndex(self._by_look, bits)
        self._near: dict[str, dict[str, int]] = {}

    def like(self, photo: PhotoFact) -> Iterator[Hit]:
        """Yield every picture with the same bytes or near in look."""
        for other in self._by_bytes[photo.sha256]:
            yield other, None
        if photo.phash not in self._near:
            self._near[photo.phash] = self._index.near(photo.phash)
        for look, distance in sorted(self._near[photo.phash].items()):
            for other in self._by_look[look]:
                if other.sha256 != photo.sha256:
                    yield other, distance


def _counts(photo: PhotoFact, other: PhotoFact, distance: int | None) -> bool:
    """Whether that the two are alike is worth asking.

    Of one hazard, or taken on one visit, near ones show the same spot: only the same bytes count.
    """
    is_same = distance is None
    if photo.id == other.id:
        return False
    if photo.assignment != other.assignment:
        return True
    if photo.hazard and photo.hazard == other.hazard:
        return is_same and photo.subject != other.subject
    if photo.is_closing and other.is_closing:
        return False  # `one_photo` asks
    if photo.visit == other.visit and not (photo.is_closing or other.is_closing):
        return is_same and bool(photo.hazard and other.hazard)
    return True


def _seen(
    visit: str, is_closing: bool, seen: Sequence[PhotoFact], hits: Mapping[str, Sequence[Hit]]
) -> Finding:
    every = [hit for photo in seen for hit in hits[photo.id]]
    same = sum(any(distance is None for _, distance in hits[photo.id]) for photo in seen)
    firms = {other.firm for other, _ in every} - {seen[0].firm}
    own = {other.visit for other, _ in every if other.firm == seen[0].firm}
    places = [f"另外{len(firms)}家企业"] if firms else []
    places += [f"本企业另外{len(own - {visit})}次检查"] if own - {visit} else []
    places += ["本次检查的其他隐患"] if visit in own else []
    kinds = [f"{same}张完全相同"] if same else []
    kinds += [f"{len(seen) - same}张近似"] if same < len(seen) else []
    what = "整改或复查" if is_closing else "检查"
    numbers = named(sorted({photo.number or "现场照片" for photo in seen}))
    others = sorted({other.visit for other, _ in every} - {visit})
    return Finding(
        seen[0].assignment, visit, Kind.PHOTO_SEEN, f"{visit}:{'closing' if is_closing else 'found'}",
        f"{what}时的{len(seen)}张照片在别处也有（{'，'.join(kinds)}）：{numbers}，见于{'、'.join(places)}。"
        "请核对原件和拍摄的时间、位置。",
        {
            "完全相同的照片": same, "近似的照片": len(seen) - same, "另外的企业": len(firms),
            "本企业另外的检查": len(own - {visit}),
            "照片": [_line(photo, hits[photo.id]) for photo in seen][:MOST_LISTED],
        },
        others=tuple(others[:MOST_OTHERS]),
        evidence=tuple(sorted(photo.id for photo in seen)),
    )  # fmt: skip


def _line(photo: PhotoFact, hits: Sequence[Hit]) -> str:
    near = [distance for _, distance in hits if distance is not None]
    words = [] if len(near) == len(hits) else [f"{len(hits) - len(near)}张完全相同"]
    if near:
        words.append(f"{len(near)}张近似，64位中相差{min(near)}至{max(near)}位")
    return f"{photo.number or '现场照片'}：{'；'.join(words)}"


def one_photo(facts: Facts, thresholds: Thresholds) -> Iterator[Finding]:
    """Yield the hazards of one enterprise that were handed in or closed with one picture."""
    handed_in = {h.id: h for h in facts.hazards if h.is_handed_in}
    by_assignment: dict[int, list[PhotoFact]] = defaultdict(list)
    for photo in facts.photos:
        if photo.is_closing and photo.is_latest and photo.hazard in handed_in:
            by_assignment[photo.assignment].append(photo)
    for assignment, photos in sorted(by_assignment.items()):
        total = sum(h.assignment == assignment for h in handed_in.values())
        for group in _alike(photos, thresholds.photo_bits):
            hazards = {handed_in[photo.hazard].id: handed_in[photo.hazard] for photo in group}
            if len(hazards) >= thresholds.one_photo:
                yield _one(assignment, list(hazards.values()), total)


def _alike(photos: Sequence[PhotoFact], bits: int) -> list[list[PhotoFact]]:
    """Put pictures into groups in which each is like another of the group."""
    groups: list[list[PhotoFact]] = []
    for photo in photos:
        joined = [photo]
        apart = []
        for group in groups:
            if any(_is_like(photo, other, bits) for other in group):
                joined += group
            else:
                apart.append(group)
        groups = [*apart, joined]
    return groups


def _is_like(one: PhotoFact, other: PhotoFact, bits: int) -> bool:
    if one.sha256 == other.sha256:
        return True
    known = bool(one.phash and other.phash)
    return known and phash_distance(one.phash, other.phash) <= bits


def _one(assignment: int, hazards: list[HazardFact], total: int) -> Finding:
    numbers = sorted(h.number for h in hazards)
    visits = {h.visit for h in hazards}
    return Finding(
        assignment, min(visits) if len(visits) == 1 else None, Kind.ONE_PHOTO,
        min(h.id for h in hazards),
        f"{len(hazards)}项隐患用同一张整改后照片提交或销号（共提交{total}项）：{named(numbers)}。"
        "一张照片可能拍全几处，请核对是否逐项整改。",
        {"同一张照片的隐患": len(hazards), "已提交或销号的隐患": total, "隐患": numbers[:MOST_LISTED]},
        evidence=tuple(sorted(h.id for h in hazards)),
    )  # fmt: skip
