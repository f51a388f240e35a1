"""Tokens of programs and kept answers: a person's own; tokens also the organisation's to revoke."""

import django.db.models.deletion
from django.db import migrations, models

from common.rls import OWN_ORG, OWN_USER, SYSTEM, enable, policy


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0002_security"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user_id", models.BigIntegerField(verbose_name="用户")),
                ("name", models.CharField(max_length=60, verbose_name="用途")),
                ("prefix", models.CharField(max_length=12, verbose_name="开头")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("scopes", models.JSONField(verbose_name="权限范围")),
                ("networks", models.JSONField(default=list, verbose_name="允许的网络地址")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="建立时间")),
                ("expires_at", models.DateTimeField(verbose_name="失效时间")),
                ("last_used_at", models.DateTimeField(null=True, verbose_name="最近使用")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="吊销时间")),
                (
                    "revoked_by_name",
                    models.CharField(blank=True, max_length=80, verbose_name="吊销人"),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_tokens",
                        to="tenancy.membership",
                        verbose_name="身份",
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "接口令牌",
                "verbose_name_plural": "接口令牌",
                "indexes": [
                    models.Index(fields=["user_id", "-id"], name="api_token_own"),
                    models.Index(fields=["org", "-id"], name="api_token_org"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="api_token_ends_after_start",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user_id", models.BigIntegerField()),
                ("key", models.CharField(max_length=100)),
                ("fingerprint", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.TextField()),
                ("headers", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True, db_index=True)),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "留存的答复",
                "verbose_name_plural": "留存的答复",
                "constraints": [
                    models.UniqueConstraint(fields=("membership", "key"), name="kept_answer_once")
                ],
            },
        ),
        enable("api_apitoken"),
        policy("api_apitoken", "own", using=f"{OWN_USER} OR org_id = {OWN_ORG}"),
        policy("api_apitoken", "system", using=SYSTEM),
        enable("api_keptanswer"),
        policy("api_keptanswer", "own", using=OWN_USER),
        policy("api_keptanswer", "system", using=SYSTEM),
    ]
