"""Filters of the operations pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from operations import mailbox


class MailboxFilter(forms.Form):
    """Messages of one address."""

    recipient = forms.ChoiceField(label=_("Destinataire"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["recipient"].choices = [("", _("Tous les destinataires"))] + [
            (address, address) for address in mailbox.recipients()
        ]
