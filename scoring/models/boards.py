"""What hangs on an enterprise's wall, and what the public sees of its grade."""

import secrets

from django.db import models

from common.ids import uuid7
from enterprises.models import Enterprise
from tenancy.models import TenantModel


def new_token() -> str:
    """Return the code in the address of an enterprise's public page."""
    return secrets.token_urlsafe(12)


class NoticeBoard(TenantModel):
    """One printing of a board (风险告知公示栏) or of a small firm's plate (事故处理流程牌).

    The newest version's `published` copy is what its public page shows.
    """

    class Kind(models.TextChoices):
        BOARD = "board", "风险告知公示栏"
        PLATE = "plate", "安全生产事故处理流程牌"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="notice_boards")
    kind = models.CharField("种类", max_length=6, choices=Kind.choices)
    version = models.PositiveSmallIntegerField("版本号")
    content = models.JSONField("内容")
    made_at = models.DateTimeField("制作时间")
    made_by_name = models.CharField("制作人", max_length=40)
    issued_at = models.DateTimeField("公示时间")

    class Meta:
        verbose_name = "公示栏"
        verbose_name_plural = "公示栏"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "kind", "version"], name="notice_board_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.get_kind_display()} 第{self.version}版"


class PublishedGrade(models.Model):
    """The colour that the public may see of an enterprise, copied out whenever it changes."""

    token = models.CharField("公示码", max_length=24, unique=True, default=new_token)
    owner_agency_id = models.BigIntegerField("主管机构")
    region_code = models.CharField("属地", max_length=12, db_collation="C")
    enterprise_id = models.BigIntegerField("企业", unique=True)
    enterprise_name = models.CharField("企业名称", max_length=120)
    agency_name = models.CharField("公示单位", max_length=120)
    year = models.PositiveSmallIntegerField("年度")
    colour = models.CharField("等级", max_length=6)
    board_version = models.PositiveSmallIntegerField("公示栏版本")
    graded_on = models.DateField("等级日期")
    is_training = models.BooleanField("演示", default=False)

    class Meta:
        verbose_name = "公示等级"
        verbose_name_plural = "公示等级"

    def __str__(self) -> str:
        return f"{self.enterprise_name} {self.colour}"
