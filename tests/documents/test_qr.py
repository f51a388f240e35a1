import base64
import urllib.parse

import segno

from documents.qr import svg_data_uri

URL = "https://example.test/check/abcdefghijklmnop/"


def test_the_code_is_an_svg_of_the_address_at_level_m():
    uri = svg_data_uri(URL)
    assert uri.startswith("data:image/svg+xml")
    head, _, body = uri.partition(",")
    svg = base64.b64decode(body).decode() if "base64" in head else urllib.parse.unquote(body)
    code = segno.make(URL, error="m", micro=False, boost_error=False)
    assert code.error == "M"
    side = code.symbol_size(border=2)[0]
    assert f"0 0 {side} {side}" in svg


def test_one_address_has_one_code_and_another_has_another():
    assert svg_data_uri(URL) == svg_data_uri(URL)
    assert svg_data_uri(URL) != svg_data_uri(URL + "x")
