"""How the photos after a rectification stand to those before."""

from django.db import models

from common.ids import uuid7
from evidence.models import Photo
from tenancy.models import TenantModel


class PhotoMatch(TenantModel):
    """What the comparison of two photos of one hazard gave: information, never a verdict.

    Each photo from after the rectification has at most one: with the photo from before that it
    resembles most. `figures` are those of `inspections.framing.Framing`, `text` says them in words.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    before = models.ForeignKey(Photo, models.PROTECT, related_name="+", verbose_name="整改前")
    after = models.ForeignKey(Photo, models.PROTECT, related_name="+", verbose_name="整改后")
    figures = models.JSONField("数字", default=dict)
    text = models.CharField("说明", max_length=200)
    made_at = models.DateTimeField("比对时间")

    class Meta:
        verbose_name = "照片比对"
        verbose_name_plural = "照片比对"
        constraints = [
            models.UniqueConstraint(fields=["before", "after"], name="photo_match_once"),
        ]

    def __str__(self) -> str:
        return self.text
