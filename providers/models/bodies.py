"""The body that gives safety services."""

from django.db import models

from common.encrypted import EncryptedCharField
from tenancy.models import Agency, Organization, Owned


class Provider(Owned):
    """A body that gives safety services, as registered by an agency."""

    org = models.OneToOneField(Organization, models.PROTECT, primary_key=True, verbose_name="单位")
    short_name = models.CharField("机构简称", max_length=20)
    contact_name = models.CharField("联系人", max_length=40, blank=True)
    phone = EncryptedCharField("联系电话", max_length=60, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    # Which qualification laws ask of what it does; nothing beyond the law is a threshold (D1).
    required_qualification = models.CharField("法定资质要求", max_length=60, blank=True)
    registered_by = models.ForeignKey(
        Agency, models.PROTECT, related_name="+", verbose_name="登记机关"
    )
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = "社会化服务机构"
        verbose_name_plural = "社会化服务机构"

    def __str__(self) -> str:
        return self.org.name

    @property
    def tenant(self) -> dict[str, object]:
        """The tenant columns of what hangs on it: the agency that registered it keeps it."""
        return {
            "owner_agency_id": self.registered_by_id,
            "region_code": self.registered_by.region_code,
            "provider_org_id": self.org_id,
            "enterprise_org_id": None,
        }
