"""Names are spelt as people type them, without the library's memory."""

import subprocess
import sys

import pytest
from pypinyin import lazy_pinyin
from pypinyin.constants import PHRASES_DICT

from common.pinyin import initials, syllables


def test_every_phrase_that_the_library_knows_is_read_as_it_reads_it() -> None:
    assert [phrase for phrase in PHRASES_DICT if syllables(phrase) != lazy_pinyin(phrase)] == []


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("重庆长江机械有限公司", "cqcjjxyxgs"),
        ("唐山恒瑞（集团）有限公司A1", "tshrjtyxgsa1"),
        ("石家庄市银行器材厂", "sjzsyhqcc"),
        ("", ""),
    ],
)
def test_a_name_is_found_by_its_initials(name: str, typed: str) -> None:
    assert initials(name) == typed


def test_the_web_does_not_carry_the_library() -> None:
    code = (
        "import sys, django; django.setup(); import config.urls; from common.pinyin import syllables; "
        "assert syllables('重庆') == ['chong', 'qing']; sys.exit('pypinyin' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
