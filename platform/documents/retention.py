from datetime import datetime

from django.db.models import QuerySet

from documents.models import DeliveryConsent


def contacts_over(before: datetime) -> QuerySet[DeliveryConsent]:
    """Return consents taken back before a moment that still hold a contact."""
    return DeliveryConsent.objects.filter(withdrawn_at__lt=before, contact__blank=False)
