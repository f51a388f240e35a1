from django.db import models

from tenancy.models import TenantModel


class PointPresentation(TenantModel):
    """How one agency presents the points to its enterprises; what they are is the book's (2.2)."""

    appeal_place = models.CharField("陈述申辩受理地点", max_length=120, blank=True)
    contact_name = models.CharField("联系人", max_length=40, blank=True)
    contact_phone = models.CharField("联系电话", max_length=40, blank=True)
    notice_words = models.CharField("告知书附言", max_length=300, blank=True)
    board_title = models.CharField("公示栏标题", max_length=30, blank=True)

    class Meta:
        verbose_name = "记分呈现"
        verbose_name_plural = "记分呈现"
        constraints = [
            models.UniqueConstraint(fields=["owner_agency"], name="point_presentation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_agency}"
