from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    """Makes users; there are no superusers: nobody stands above the tenants."""

    def create_user(self, *, username: str, name: str, password: str, email: str = "") -> "User":
        """Make a user with a hashed password."""
        user = self.model(username=username, name=name, email=self.normalize_email(email))
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a user by sign-in name, whatever the case typed."""
        return self.get(username__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What he may do hangs on memberships, never on the user."""

    username = models.CharField("登录名", max_length=64, unique=True)
    name = models.CharField("姓名", max_length=40)
    email = models.EmailField("电子邮箱", blank=True)
    is_active = models.BooleanField("可以登录", default=True)
    date_joined = models.DateTimeField("开户时间", auto_now_add=True)
    password_changed_at = models.DateTimeField("密码设置时间", default=timezone.now)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    is_staff = False

    objects = UserManager()

    class Meta:
        verbose_name = "用户"
        verbose_name_plural = "用户"
        constraints = [
            models.CheckConstraint(
                name="user_is_never_superuser", condition=models.Q(is_superuser=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def set_password(self, raw_password: str | None) -> None:
        """Set the password and the time from which it ages."""
        super().set_password(raw_password)
        self.password_changed_at = timezone.now()


class PastPassword(models.Model):
    """The hash of a password that a user has had; the newest few are kept, so none comes back."""

    user = models.ForeignKey(User, models.CASCADE, related_name="past_passwords")
    password = models.CharField("密码", max_length=128)
    created_at = models.DateTimeField("设置时间", auto_now_add=True)

    class Meta:
        verbose_name = "用过的密码"
        verbose_name_plural = "用过的密码"

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at}"
