"""The vectors of domain.md 5.1, and that any slip of the finger is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import credit_code

VALID = [
    "91110000101623741K",
    "911101066976941872",
    "91130371MA0DEMA179",
    "91130301MA0DEMA17W",
    "91310151MA0DEMA175",
    "91130900MA0DEMA17D",
    "12130300MA0DEMA17K",
    "52130000MA0DEMA170",
]
BODIES = st.builds(
    lambda head, region, rest: head + region + rest,
    st.sampled_from(["91", "92", "12"]),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(credit_code.ALPHABET, min_size=9, max_size=9),
)
CODES = BODIES.map(lambda body: body + credit_code.check_digit(body))


@pytest.mark.parametrize("code", VALID)
def test_real_and_made_up_valid_codes_pass(code):
    assert credit_code.problem(code) == ""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("91130371MA0DEMA178", "校验位"),
        ("91130371MA0DEMAI79", "第16位“I”"),
        ("91130371MA0DEMA17", "现为17位"),
        ("9113037AMA0DEMA179", "数字"),
    ],
)
def test_a_wrong_code_is_told_what_is_wrong(code, words):
    assert words in credit_code.problem(code)


@given(CODES, st.integers(0, 17), st.sampled_from(credit_code.ALPHABET))
def test_any_single_wrong_character_is_found(code, position, character):
    wrong = code[:position] + character + code[position + 1 :]
    assert (credit_code.problem(wrong) == "") == (wrong == code)


@given(CODES, st.text(" \u3000\n\u00a0\u200b", max_size=4))
def test_blanks_width_and_case_do_not_matter(code, blanks):
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else c for c in code.lower())
    assert credit_code.normalise(blanks.join(wide) + blanks) == code
    assert credit_code.normalise(credit_code.normalise(code)) == code
