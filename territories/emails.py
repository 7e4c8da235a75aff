"""Messages about membership; `{{secret:lien}}` is replaced at sending only."""

from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def invitation_mail(invitation) -> tuple[str, str]:
    """Subject and text of an invitation."""
    subject = _("Boucles : vous êtes invité(e) à rejoindre « %(name)s »") % {"name": invitation.demarche.name}
    body = render_to_string("emails/territories/invitation.txt", {"invitation": invitation, "link": "{{secret:lien}}"})
    return subject, body
