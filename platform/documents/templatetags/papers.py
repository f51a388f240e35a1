"""What templates of papers ask for."""

from django import template

from documents.qr import svg_data_uri

register = template.Library()


@register.filter
def qr_code(url: str) -> str:
    """Return the QR code of an address as a `data:` picture."""
    return svg_data_uri(url)
