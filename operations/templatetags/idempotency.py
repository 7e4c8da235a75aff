"""`{% idempotency_key %}` in a form: two sendings of it are one."""

from django import template
from django.utils.html import format_html

from operations.idempotency import FIELD, new_key

register = template.Library()


@register.simple_tag
def idempotency_key():
    """The hidden field that `once_per_form` reads; a new key each time the form is rendered."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, new_key())
