"""The fonts of papers.

Papers are set in Noto Serif SC and Noto Sans SC (npm, SIL OFL), regular and bold; the style sheet's
family lists begin with the faces of GB/T 9704, which an office may own and install. The files are
read where npm put them.
"""

import json
from functools import cache
from pathlib import Path

from common.fonts import SANS, font_file, font_folder

FILES = (
    "noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf",
    "noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf",
    SANS,
    "noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf",
)


@cache
def font_files() -> tuple[Path, ...]:
    """Return the paths of the four font files; FontsMissing says which one is not there."""
    return tuple(font_file(name) for name in FILES)


@cache
def font_versions() -> str:
    """Return the versions of the font packages, for the record of how a paper was made."""
    found = []
    for package in ("noto-serif-sc", "noto-sans-sc"):
        file = font_folder() / package / "package.json"
        found.append(f"{package} {json.loads(file.read_text())['version']}")
    return ", ".join(found)
