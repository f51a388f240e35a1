"""What a browser sends beside files."""

import base64
import binascii


def drawn_png(data_url: str) -> bytes:
    """Return the bytes of a canvas's `data:image/png;base64,…`; b"" for anything else."""
    head, _, body = data_url.partition(",")
    try:
        return base64.b64decode(body, validate=True) if head.startswith("data:image/png") else b""
    except binascii.Error:
        return b""
