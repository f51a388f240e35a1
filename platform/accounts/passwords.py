"""The password rules that Django does not bring (docs/security.md, 8.1.4.1)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError

from accounts.models import PastPassword, User
from common.pinyin import syllables

SHORTEST_WORD = 3  # letters; a shorter login name is in too many passwords by chance


class LengthValidator(MinimumLengthValidator):
    """Django's, whose words are not translated in this version."""

    def get_error_message(self) -> str:
        """Return what is wrong."""
        return self.get_help_text()

    def get_help_text(self) -> str:
        """Return the rule in words."""
        return f"密码至少 {self.min_length} 个字符"


class ThreeClassesValidator:
    """Three of: small letters, capital letters, digits, other signs."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError if fewer than three kinds of sign are in it."""
        tests = (str.islower, str.isupper, str.isdigit, lambda sign: not sign.isalnum())
        if sum(any(test(sign) for sign in password) for test in tests) < 3:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        """Return the rule in words."""
        return "密码须包含大写字母、小写字母、数字、符号中的三种"


class OwnWordsValidator:
    """Neither the person's name, nor its spelling, nor the sign-in name or mailbox."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError if one of them is part of it."""
        typed = password.lower()
        if user and any(word in typed for word in _own_words(user)):
            raise ValidationError(self.get_help_text(), code="password_has_own_words")

    def get_help_text(self) -> str:
        """Return the rule in words."""
        return "密码不能包含姓名、姓名拼音、登录名或邮箱名"


def _own_words(user: User) -> set[str]:
    words = {user.username, user.email.partition("@")[0], "".join(syllables(user.name))}
    long = {word.lower() for word in words if len(word) >= SHORTEST_WORD}
    return long | ({user.name.lower()} if len(user.name) > 1 else set())


class NotRecentValidator:
    """Not the present one, nor one of the last `count`."""

    def __init__(self, count: int = 5) -> None:
        self.count = count

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError if the user has or had it."""
        if user is None or user.pk is None:
            return
        past = user.past_passwords.order_by("-pk").values_list("password", flat=True)
        if any(check_password(password, known) for known in {user.password, *past[: self.count]}):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def password_changed(self, password: str, user: User | None = None) -> None:
        """Keep the new hash, and no more than are asked for; Django calls it after saving."""
        if user is None or user.pk is None:
            return
        PastPassword.objects.create(user=user, password=user.password)
        kept = user.past_passwords.order_by("-pk").values_list("pk", flat=True)[: self.count]
        user.past_passwords.exclude(pk__in=list(kept)).delete()

    def get_help_text(self) -> str:
        """Return the rule in words."""
        return f"不能与最近 {self.count} 次用过的密码相同"


def password_is_old(user: User, at: datetime) -> bool:
    """Say whether the password had outlived PASSWORD_MAX_DAYS at that time; 0 days: it never does."""
    days: int = settings.PASSWORD_MAX_DAYS
    return bool(days) and at - user.password_changed_at > timedelta(days=days)
