"""What every template may count on."""

from django.conf import settings
from django.urls import NoReverseMatch, reverse


def site(request) -> dict:
    """Product name, theme chosen by the reader, address of the demonstration's mailbox when there is one."""
    theme = request.COOKIES.get("theme", "")
    mailbox = ""
    if settings.DEMO_MAILBOX:
        try:
            mailbox = reverse("operations:mailbox")
        except NoReverseMatch:
            mailbox = ""
    return {
        "product_name": settings.PRODUCT_NAME,
        "theme": theme if theme in ("light", "dark") else "",
        "demo_mailbox_url": mailbox,
    }
