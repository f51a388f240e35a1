"""The Chinese fonts that npm brought: Noto Serif SC and Noto Sans SC (SIL OFL), read where it put them."""

from functools import cache
from pathlib import Path

from django.conf import settings

SANS = "noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf"


class FontsMissing(RuntimeError):
    """The font packages are not installed."""


def font_folder() -> Path:
    """Return the folder of the font packages."""
    return Path(settings.NODE_MODULES) / "@expo-google-fonts"


@cache
def font_file(name: str) -> Path:
    """Return the path of one font file; FontsMissing where it is not there."""
    path = font_folder() / name
    if not path.is_file():
        raise FontsMissing(f"{path.name} is not in node_modules; run npm ci")
    return path
