"""Who signs in, and the passwords that do not come back."""

from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_password_rules"),
        ("accounts", "0003_secrets_in_personal_keys"),
    ]
    dependencies = [("auth", "0012_alter_user_first_name_max_length")]
    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("password", models.CharField("password", max_length=128)),
                ("last_login", models.DateTimeField("last login", blank=True, null=True)),
                (
                    "is_superuser",
                    models.BooleanField(
                        "superuser status",
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                    ),
                ),
                ("username", models.CharField("登录名", max_length=64, unique=True)),
                ("name", models.CharField("姓名", max_length=40)),
                ("email", models.EmailField("电子邮箱", blank=True, max_length=254)),
                ("is_active", models.BooleanField("可以登录", default=True)),
                ("date_joined", models.DateTimeField("开户时间", auto_now_add=True)),
                ("password_changed_at", models.DateTimeField("密码设置时间", default=timezone.now)),
                (
                    "groups",
                    models.ManyToManyField(
                        "auth.group",
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        "auth.permission",
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "用户",
                "verbose_name_plural": "用户",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(is_superuser=False), name="user_is_never_superuser"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PastPassword",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("password", models.CharField("密码", max_length=128)),
                ("created_at", models.DateTimeField("设置时间", auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL, models.CASCADE, related_name="past_passwords"
                    ),
                ),
            ],
            options={"verbose_name": "用过的密码", "verbose_name_plural": "用过的密码"},
        ),
    ]
