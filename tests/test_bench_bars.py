"""The bars that the bench holds pages and jobs to."""

import pytest

from tests.bench.bars import missed


def level(ms, size=10_000, statements=9, **more):
    page = {
        "who": "officer", "page": "documents:list", "statements": statements, "bytes": size,
        "alone": {"p95_ms": ms},
    }  # fmt: skip
    return {"pages": [page], **more}


def words(county, province):
    return missed({"levels": {"county": county, "province": province}})


@pytest.mark.parametrize(
    ("county", "province", "expected"),
    [
        (level(30), level(60), []),
        (level(30), level(61), ["province: documents:list (officer) takes 61 ms, 30 in a county"]),
        (level(30), level(90, size=15_000), []),  # a longer page
        (level(5), level(14), []),  # too quick to tell
        (level(80), level(151), ["province: documents:list (officer) takes 151 ms"]),
        (level(5), level(9, statements=16),
         ["province: documents:list (officer) takes 16 statements, over 15"]),
        (level(5), level(9, web_peak_mb=201), ["province: the web takes 201 MB a process"]),
        (level(5), level(9, work={"import": {"ratio": 3.1}}),
         ["province: import ratio is 3.1, over 3.0"]),
    ],
)  # fmt: skip
def test_what_is_over_a_bar_is_named(county, province, expected):
    assert words(county, province) == expected
