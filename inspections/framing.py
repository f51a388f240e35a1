"""Whether a photo after the rectification shows the same place as the one before, from where.

Pure: pictures as bytes in, figures and words out. It is information for whoever looks, and stops
nothing: a mended place may look different, and a new photo may rightly be taken from elsewhere.

Points that look alike in both pictures (SIFT) are paired; RANSAC finds the one plane mapping that
most pairs agree on. Whether these are enough to believe it follows Brown & Lowe (2007): more than
8 + 0.3 × the pairs in the overlap. The mapping then says how much of the old picture the new one
covers.
"""

import io
from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageOps

from common.geo import distance_m

# All [proposal], but for the belief that is Brown & Lowe's.
SIDE = 640  # pixels that are looked at; more finds little more and costs four times as much
MAX_FEATURES = 1200
MIN_FEATURES = 30  # fewer: a bare wall, a blurred or a dark picture
RATIO = 0.75  # a pair counts if the second best partner is clearly worse (Lowe)
TOLERANCE_PX = 6.0
BELIEF_BASE, BELIEF_SHARE = 8, 0.3
SAME_SHARE, NEAR_SHARE = 0.7, 0.3  # of the old picture covered by the new, and the other way round
MAX_ZOOM = 6.0
USUAL_ACCURACY_M = 50  # where a photo's accuracy is not known

SAME, NEAR, PART, OTHER, BARE = "same", "near", "part", "other", "bare"
VERDICTS = {
    SAME: "取景一致",
    NEAR: "取景相近",
    PART: "看得出是同一处，取景不同",
    OTHER: "看不出是同一处",
    BARE: "特征太少，无法比较",
}
# A worker is one process of several: each keeps to one core (and OpenCV's threads end at a fork).
cv2.setNumThreads(1)
Array = Any  # numpy arrays, whose shapes the comments give


@dataclass(frozen=True, slots=True)
class Features:
    """What stands out in a picture: where (n × 2) and how it looks (n × 128); its size."""

    points: Array
    looks: Array
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Framing:
    """How two pictures stand to each other. Shares are 0 … 1; `agreeing` are pairs of points."""

    verdict: str
    covered: float = 0.0  # of the old picture, by the new one
    filled: float = 0.0  # of the new picture, by the old one
    agreeing: int = 0
    before_features: int = 0
    after_features: int = 0

    @property
    def text(self) -> str:
        """The verdict in words, with its figures."""
        words = VERDICTS[self.verdict]
        if self.verdict == BARE:
            return f"{words}（特征点 {self.before_features} 个、{self.after_features} 个）"
        if self.verdict == OTHER:
            return f"{words}（{self.agreeing} 个对应点，不足为凭）"
        return f"{words}：新照片拍到原照片 {self.covered:.0%} 的画面（{self.agreeing} 个对应点）"

    def figures(self) -> dict[str, Any]:
        """Return the figures to keep."""
        return {**asdict(self), "covered": round(self.covered, 3), "filled": round(self.filled, 3)}


def features_of(picture: bytes) -> Features:
    """Return what stands out in a picture; nothing in a bare or broken one."""
    grey = _grey(picture)
    height, width = grey.shape
    points, looks = cv2.SIFT.create(MAX_FEATURES).detectAndCompute(grey, None)
    where = _floats([p.pt for p in points]).reshape(-1, 2)
    return Features(where, looks, width, height)


def _grey(picture: bytes) -> Array:
    """The upright picture in grey, its longer side SIDE, light and dark parts evened out."""
    with Image.open(io.BytesIO(picture)) as image:
        image.draft("L", (SIDE, SIDE))
        upright = ImageOps.exif_transpose(image).convert("L")
        upright.thumbnail((SIDE, SIDE))
        return cv2.createCLAHE(2.0, (8, 8)).apply(np.asarray(upright))


def framing(before: bytes, after: bytes) -> Framing:
    """Compare two pictures."""
    return compare(features_of(before), features_of(after))


def compare(before: Features, after: Features) -> Framing:
    """Compare what stands out in two pictures; both ways round, the better one counts."""
    counts = {"before_features": len(before.points), "after_features": len(after.points)}
    if min(counts.values()) < MIN_FEATURES:
        return Framing(BARE, **counts)
    old, new = _pairs(before, after)
    mapping, agreeing = _mapping(old, new)
    if mapping is None or not _is_plausible(mapping, before):
        return Framing(OTHER, agreeing=agreeing, **counts)
    covered = _share(np.linalg.inv(mapping), after, before)
    filled = _share(mapping, before, after)
    inside = _inside(mapping, old, after)
    if agreeing <= BELIEF_BASE + BELIEF_SHARE * inside or covered == 0:
        return Framing(OTHER, agreeing=agreeing, **counts)
    return Framing(_verdict(covered, filled), covered, filled, agreeing, **counts)


def _verdict(covered: float, filled: float) -> str:
    both = min(covered, filled)
    return SAME if both >= SAME_SHARE else NEAR if both >= NEAR_SHARE else PART


def _pairs(before: Features, after: Features) -> tuple[Array, Array]:
    """Return the points that look alike (n × 2 each): clearly the best partner, both ways."""
    matcher = cv2.BFMatcher(cv2.NORM_L2)
    there = _best(matcher.knnMatch(before.looks, after.looks, k=2))
    back = _best(matcher.knnMatch(after.looks, before.looks, k=2))
    pairs = [(a, b) for a, b in there.items() if back.get(b) == a]
    old = [a for a, _ in pairs]
    new = [b for _, b in pairs]
    return before.points[old], after.points[new]


def _best(found: Any) -> dict[int, int]:
    return {
        first.queryIdx: first.trainIdx
        for first, second in found
        if first.distance < RATIO * second.distance
    }


def _mapping(old: Array, new: Array) -> tuple[Array | None, int]:
    """Return the mapping (3 × 3) of the old picture onto the new, and how many pairs agree."""
    if len(old) < 4:
        return None, 0
    mapping, mask = cv2.findHomography(
        old, new, cv2.RANSAC, TOLERANCE_PX, maxIters=2000, confidence=0.995
    )
    return (mapping, int(mask.sum())) if mapping is not None else (None, 0)


def _corners(picture: Features) -> Array:
    w, h = picture.width, picture.height
    return _floats([[0, 0], [w, 0], [w, h], [0, h]]).reshape(-1, 1, 2)


def _depth(mapping: Array, picture: Features) -> Array:
    """Return how far before (+) or behind (-) the camera the picture's corners come to lie."""
    return np.hstack([_corners(picture).reshape(-1, 2), np.ones((4, 1))]) @ mapping[2]


def _floats(values: Any) -> Array:
    return np.array(values, dtype=np.float32)


def _is_plausible(mapping: Array, before: Features) -> bool:
    """A camera that moved neither mirrors nor folds a picture, nor zooms without end."""
    if abs(np.linalg.det(mapping)) < 1e-9:
        return False
    if _depth(mapping, before).min() <= 0:
        return False
    area = cv2.contourArea(cv2.perspectiveTransform(_corners(before), mapping), oriented=True)
    plain = cv2.contourArea(_corners(before), oriented=True)
    return bool(1 / MAX_ZOOM**2 < area / plain < MAX_ZOOM**2)


def _share(mapping: Array, picture: Features, onto: Features) -> float:
    """Return the share of `onto` that `picture`, mapped, covers."""
    depth = _depth(mapping, picture)
    if depth.min() * depth.max() <= 0:  # the picture's plane runs behind the camera
        return 0.0
    frame = cv2.perspectiveTransform(_corners(picture), mapping)
    if not cv2.isContourConvex(frame):
        return 0.0
    whole = onto.width * onto.height
    return min(1.0, _area_within(frame.reshape(-1, 2), onto) / whole)


def _area_within(polygon: Array, picture: Features) -> float:
    """Return the area of what of a convex polygon lies on a picture.

    By hand: OpenCV's own intersection errs where edges lie on each other.
    """
    points = [point.astype(float) for point in polygon]
    for axis, size in enumerate((picture.width, picture.height)):
        points = _kept(points, [p[axis] for p in points])
        points = _kept(points, [size - p[axis] for p in points])
    x, y = np.array(points).reshape(-1, 2).T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def _kept(points: list[Array], depths: list[float]) -> list[Array]:
    """Clip a polygon to where its depth is not negative (Sutherland–Hodgman)."""
    kept = []
    for index, (a, depth_a) in enumerate(zip(points, depths, strict=True)):
        b, depth_b = points[(index + 1) % len(points)], depths[(index + 1) % len(points)]
        if depth_a >= 0:
            kept.append(a)
        if depth_a * depth_b < 0:
            kept.append(a + (b - a) * depth_a / (depth_a - depth_b))
    return kept


def _inside(mapping: Array, old: Array, after: Features) -> int:
    """Return how many of the paired points of the old picture lie within the new one."""
    there = cv2.perspectiveTransform(old.reshape(-1, 1, 2), mapping).reshape(-1, 2)
    within = (there >= 0).all(axis=1) & (there < [after.width, after.height]).all(axis=1)
    return int(within.sum())


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a photo was taken; `accuracy` in metres, None if the phone did not say."""

    latitude: float
    longitude: float
    accuracy: int | None = None


def place_text(before: Spot | None, after: Spot | None) -> str:
    """Say in words how far apart two photos were taken, and what that is worth."""
    if before is None or after is None:
        missing = (
            "两张照片" if before is after else "整改前照片" if before is None else "整改后照片"
        )
        return f"{missing}没有定位"
    metres = round(
        distance_m((before.latitude, before.longitude), (after.latitude, after.longitude))
    )
    errors = [s.accuracy if s.accuracy is not None else USUAL_ACCURACY_M for s in (before, after)]
    words = "位置一致" if metres <= sum(errors) else "位置不一致"
    known = [f"{s.accuracy} 米" if s.accuracy is not None else "未知" for s in (before, after)]
    return f"{words}：相距约 {metres} 米（定位精度 {known[0]}、{known[1]}）"
