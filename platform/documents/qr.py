"""QR codes on papers."""

from functools import lru_cache

import segno


@lru_cache(maxsize=256)
def svg_data_uri(url: str) -> str:
    """Return the QR code of `url` (error level M: 15 % may be damaged) as an SVG data URI.

    Micro codes are ruled out, since phones do not read them. The picture has its own quiet zone.
    """
    code = segno.make(url, error="m", micro=False, boost_error=False)
    return code.svg_data_uri(border=2, dark="#000", light=None, omitsize=True)
