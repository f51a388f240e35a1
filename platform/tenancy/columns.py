"""The columns by which a row is somebody's, as migrations write them.

What a migration has made stays: where TenantModel changes, these stay as they are, and the change
is a migration of its own.
"""

from django.db import models


def region_code() -> models.CharField:  # type: ignore[type-arg]
    """Where it is."""
    return models.CharField("属地", db_collation="C", max_length=12)


def owner_agency() -> models.ForeignKey:  # type: ignore[type-arg]
    """Who keeps it."""
    return models.ForeignKey(
        "tenancy.agency", models.PROTECT, related_name="+", verbose_name="主管机构"
    )


def provider_org() -> models.ForeignKey:  # type: ignore[type-arg]
    """Whom it concerns of those who serve."""
    return _body("服务机构")


def enterprise_org() -> models.ForeignKey:  # type: ignore[type-arg]
    """Whom it concerns of those who are served."""
    return _body("企业")


def _body(label: str) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        "tenancy.organization",
        models.PROTECT,
        blank=True,
        null=True,
        related_name="+",
        verbose_name=label,
    )
