"""统一社会信用代码 (GB 32100-2015; domain.md 5.1): how it is typed, and whether it can be right."""

from common.text import squeeze

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z
VALUES = {character: value for value, character in enumerate(ALPHABET)}
WEIGHTS = tuple(pow(3, position, 31) for position in range(17))
BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
LENGTH = 18


def normalise(text: str) -> str:
    """Return the code as it is meant: half-width, upper case, without blanks or line breaks."""
    return squeeze(text).upper()


def check_digit(first: str) -> str:
    """Return the 18th character for the first 17."""
    total = sum(
        VALUES[character] * weight for character, weight in zip(first, WEIGHTS, strict=True)
    )
    return ALPHABET[(31 - total % 31) % 31]


def problem(code: str) -> str:
    """Return what is wrong with a normalised code, in words for whoever typed it; '' if nothing."""
    if len(code) != LENGTH:
        return f"统一社会信用代码应为18位，现为{len(code)}位"
    for position, character in enumerate(code, start=1):
        if character not in VALUES:
            return f"统一社会信用代码第{position}位“{character}”不是允许的字符（不用I、O、S、V、Z）"
    if not code[2:8].isdigit():
        return "统一社会信用代码第3至8位应为数字（行政区划码）"
    if code[17] != check_digit(code[:17]):
        return "统一社会信用代码校验位不符，请对照营业执照核对"
    return ""


def body_warning(code: str) -> str:
    """Return a warning if the organisation code inside (GB 11714) does not check; some real do not."""
    body = code[8:17]
    total = sum(VALUES[c] * w for c, w in zip(body[:8], BODY_WEIGHTS, strict=True))
    expected = {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))
    return "" if body[8] == expected else "代码中的组织机构代码校验位不符，请留意"
