"""What a picture is, by its bytes: type, size, EXIF time and place, and a clean copy for reading.

Pure: no model, no storage. Type is told by content, never by name. Every picture is decoded to its
last row before it counts as one, at a reduced scale where the format allows that.
"""

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pillow_heif
from imagehash import ImageHash
from PIL import ExifTags, Image, ImageFile, ImageOps, ImageStat

from common.errors import DomainError
from evidence.hidden import hidden_in

pillow_heif.register_heif_opener()

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 60_000_000
READING_SIDE = 1600
# MPO is a JPEG with further pictures behind it (depth, gain map), as many phones write them.
FORMATS = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "HEIF": "image/heic",
    "WEBP": "image/webp",
}
MOVING_HEIF = (b"msf1", b"hevc", b"hevx", b"hevm", b"hevs")  # major brands of image sequences
LOCAL = ZoneInfo("Asia/Shanghai")
LYING = (5, 6, 7, 8)  # EXIF orientations that swap width and height
HASHED = 32  # pixels of a side of what the perceptual hash looks at
WAVES = np.cos(np.pi / HASHED * np.outer(np.arange(8), np.arange(HASHED) + 0.5))  # DCT-II
FLAT = 2.0  # grey levels: a picture that varies less shows nothing that could be compared


@dataclass(frozen=True, slots=True)
class Picture:
    """A checked picture. `reading` is JPEG without metadata, its longer side ≤ READING_SIDE.

    Width and height are those of the upright picture. `phash` is empty where there is nothing to
    see. `accuracy` is the camera's own, in metres.
    """

    content_type: str
    width: int
    height: int
    taken_at: datetime | None
    latitude: Decimal | None
    longitude: Decimal | None
    accuracy: int | None
    phash: str
    reading: bytes


def read_picture(content: bytes) -> Picture:
    """Check and read picture bytes; raises DomainError with what to do instead."""
    with _opened(content) as image:
        return _read(image)


def picture_type(content: bytes) -> str:
    """Check picture bytes as `read_picture` does, without making a copy; return their type."""
    with _opened(content) as image:
        image.draft(None, (1, 1))  # every byte is read all the same
        _decode(image)
        return FORMATS[str(image.format)]


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    if not content:
        raise DomainError("照片是空文件，请重新选择", field="photos")
    if len(content) > MAX_BYTES:
        size = len(content) / 1024 / 1024
        raise DomainError(f"照片 {size:.1f} MB，超过 20 MB，请压缩或重拍", field="photos")
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "HEIF", "WEBP"]) as image:
            _check(image, content)
            yield image
    except DomainError:
        raise
    except Exception:  # decoders raise many kinds for broken files; none of them is a picture
        raise DomainError(
            "文件不是可用的照片，请上传 JPG、PNG 或 HEIC 格式", field="photos"
        ) from None


def _check(image: Image.Image, content: bytes) -> None:
    kind = str(image.format)
    if image.width * image.height > MAX_PIXELS:
        raise DomainError("照片像素过大，请用较低分辨率重拍", field="photos")
    if _moves(image, content):
        raise DomainError("不接受动图，请上传单张照片", field="photos")
    if what := hidden_in(FORMATS[kind], content):
        raise DomainError(f"照片里夹带了{what}，不能作为证据，请上传原始照片", field="photos")


def _moves(image: Image.Image, content: bytes) -> bool:
    if image.format == "HEIF":  # several stills in one file are a camera's burst
        return content[8:12] in MOVING_HEIF
    return image.format != "MPO" and getattr(image, "n_frames", 1) > 1


def _read(image: Image.Image) -> Picture:
    width, height = image.size
    _load(image)
    exif = image.getexif()
    if exif.get(ExifTags.Base.Orientation) in LYING:
        width, height = height, width
    latitude, longitude = _place(exif)
    copy = _reading_copy(image)
    return Picture(
        content_type=FORMATS[str(image.format)],
        width=width,
        height=height,
        taken_at=_taken_at(exif),
        latitude=latitude,
        longitude=longitude,
        accuracy=_accuracy(exif) if latitude is not None else None,
        phash=_phash(copy),
        reading=_jpeg(copy, quality=82),
    )


def _load(image: Image.Image) -> None:
    """Decode the whole picture; a JPEG at the half or quarter that the reading copy needs."""
    share = READING_SIDE / max(image.size)
    if share < 1:
        image.draft(None, (int(image.width * share), int(image.height * share)))
    _decode(image)


def _decode(image: Image.Image) -> None:
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint sets it where it is loaded
    image.load()


def _reading_copy(image: Image.Image) -> Image.Image:
    """Return a decoded picture upright, scaled, on white, and without anything but its pixels."""
    image.thumbnail((READING_SIDE, READING_SIDE))
    ImageOps.exif_transpose(image, in_place=True)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image)
    copy = image.convert("RGB")
    copy.info = {}
    return copy


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _taken_at(exif: Image.Exif) -> datetime | None:
    """Return when the camera says it was taken: its own offset where it wrote one, else ours."""
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    text = str(inner.get(ExifTags.Base.DateTimeOriginal))
    offset = str(inner.get(ExifTags.Base.OffsetTimeOriginal))
    try:
        return datetime.strptime(text + offset, "%Y:%m:%d %H:%M:%S%z")
    except ValueError:
        pass
    try:
        return datetime.strptime(text, "%Y:%m:%d %H:%M:%S").replace(tzinfo=LOCAL)
    except ValueError:
        return None


def _place(exif: Image.Exif) -> tuple[Decimal | None, Decimal | None]:
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    try:
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef] == "S")
        longitude = _degrees(
            gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef] == "W"
        )
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return None, None
    is_nowhere = not latitude and not longitude  # written by phones that had no fix
    if is_nowhere or abs(latitude) > 90 or abs(longitude) > 180:
        return None, None
    return latitude, longitude


def _degrees(parts: tuple[float, float, float], negative: bool) -> Decimal:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value):
        raise ValueError(value)
    return Decimal(str(round(-value if negative else value, 6)))


def _accuracy(exif: Image.Exif) -> int | None:
    error = exif.get_ifd(ExifTags.IFD.GPSInfo).get(ExifTags.GPS.GPSHPositioningError)
    try:
        return metres(float(error))  # type: ignore[arg-type]
    except (TypeError, ValueError, ArithmeticError):
        return None


def metres(value: float | None) -> int | None:
    """Return an accuracy as whole metres, rounded up; None for what says nothing."""
    if value is None or not math.isfinite(value) or not 0 <= value < 1e9:
        return None
    return math.ceil(value)


def _phash(image: Image.Image) -> str:
    """Return what `imagehash.phash` gives, without the second that loading SciPy costs a process."""
    grey = image.convert("L")
    small = grey.resize((HASHED, HASHED), Image.Resampling.LANCZOS, reducing_gap=3)
    if ImageStat.Stat(small).stddev[0] < FLAT:
        return ""
    slow = WAVES @ np.asarray(small, dtype=float) @ WAVES.T
    return str(ImageHash(slow > np.median(slow)))


def phash_distance(a: str, b: str) -> int:
    """Return in how many of 64 bits two perceptual hashes differ; ValueError for an empty one."""
    return (int(a, 16) ^ int(b, 16)).bit_count()


def small_copy(reading: bytes, side: int) -> bytes:
    """Return a picture small enough for a paper (JPEG, longest side in pixels)."""
    with Image.open(io.BytesIO(reading)) as image:
        share = side / max(image.size)
        # A JPEG is decoded at a half or a quarter already.
        image.draft("RGB", (int(image.width * share), int(image.height * share)))
        small = image.convert("RGB")
        small.thumbnail((side, side))
        return _jpeg(small, quality=70)
