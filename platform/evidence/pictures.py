"""What a picture is, by its bytes: type, size, EXIF time and place, and a clean copy for reading.

Pure: no model, no storage. Type is told by content, never by name.
"""

import io
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pillow_heif
from PIL import ExifTags, Image, ImageOps

from common.errors import DomainError

pillow_heif.register_heif_opener()

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 60_000_000
READING_SIDE = 1600
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "HEIF": "image/heic", "WEBP": "image/webp"}
LOCAL = ZoneInfo("Asia/Shanghai")
END_MARKS = {"JPEG": b"\xff\xd9", "PNG": b"IEND\xaeB`\x82"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A checked picture. `reading` is JPEG without metadata, its longer side ≤ READING_SIDE."""

    content_type: str
    width: int
    height: int
    taken_at: datetime | None
    latitude: Decimal | None
    longitude: Decimal | None
    reading: bytes


def read_picture(content: bytes) -> Picture:
    """Check and read picture bytes; raises DomainError with what to do instead."""
    if not content:
        raise DomainError("照片是空文件，请重新选择", field="photos")
    if len(content) > MAX_BYTES:
        size = len(content) / 1024 / 1024
        raise DomainError(f"照片 {size:.1f} MB，超过 20 MB，请压缩或重拍", field="photos")
    try:
        with Image.open(io.BytesIO(content), formats=list(FORMATS)) as image:
            return _read(image, content)
    except DomainError:
        raise
    except Exception:  # decoders raise many kinds for broken files; none of them is a picture
        raise DomainError(
            "文件不是可用的照片，请上传 JPG、PNG 或 HEIC 格式", field="photos"
        ) from None


def _read(image: Image.Image, content: bytes) -> Picture:
    kind = str(image.format)
    if image.width * image.height > MAX_PIXELS:
        raise DomainError("照片像素过大，请用较低分辨率重拍", field="photos")
    if getattr(image, "n_frames", 1) > 1 and kind != "HEIF":
        raise DomainError("不接受动图，请上传单张照片", field="photos")
    if kind in END_MARKS and b"<script" in content[content.rfind(END_MARKS[kind]) :].lower():
        raise DomainError("照片尾部夹带其他内容，不能作为证据上传", field="photos")
    exif = image.getexif()
    latitude, longitude = _place(exif)
    upright = ImageOps.exif_transpose(image).convert("RGB")
    return Picture(
        content_type=FORMATS[kind],
        width=upright.width,
        height=upright.height,
        taken_at=_taken_at(exif),
        latitude=latitude,
        longitude=longitude,
        reading=_reading_copy(upright),
    )


def _reading_copy(image: Image.Image) -> bytes:
    copy = Image.new("RGB", image.size)  # a new picture carries no metadata of the old
    copy.paste(image)
    copy.thumbnail((READING_SIDE, READING_SIDE))
    out = io.BytesIO()
    copy.save(out, "JPEG", quality=82, optimize=False)
    return out.getvalue()


def _taken_at(exif: Image.Exif) -> datetime | None:
    text = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
    try:
        return datetime.strptime(str(text), "%Y:%m:%d %H:%M:%S").replace(tzinfo=LOCAL)
    except ValueError:
        return None


def _place(exif: Image.Exif) -> tuple[Decimal | None, Decimal | None]:
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    try:
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef] == "S")
        longitude = _degrees(
            gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef] == "W"
        )
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None, None
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None, None
    return latitude, longitude


def _degrees(parts: tuple[float, float, float], negative: bool) -> Decimal:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = Decimal(str(round(degrees + minutes / 60 + seconds / 3600, 6)))
    return -value if negative else value


def small_copy(reading: bytes, side: int = 420) -> bytes:
    """Return a picture small enough for a paper (JPEG, longest side in pixels)."""
    with Image.open(io.BytesIO(reading)) as image:
        share = side / max(image.size)
        # A JPEG is decoded at a half or a quarter already.
        image.draft("RGB", (int(image.width * share), int(image.height * share)))
        small = image.convert("RGB")
        small.thumbnail((side, side))
        out = io.BytesIO()
        small.save(out, "JPEG", quality=70)
    return out.getvalue()
