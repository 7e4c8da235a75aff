"""Messages of a campaign and codes of a questionnaire; `{{secret:…}}` is replaced at sending only."""

import re

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

VARIABLES = ("prenom", "etablissement", "demarche", "lien")
LINK_PLACE = "{{secret:lien}}"
_VARIABLE = re.compile(r"\{(\w*)\}")


def unknown_variables(text: str) -> list[str]:
    """The variables of a message that don't exist, as typed: « {nom} »."""
    return [f"{{{name}}}" for name in _VARIABLE.findall(text) if name not in VARIABLES]


def fill_variables(text: str, values: dict[str, str]) -> str:
    """The text with its variables in place; « Bonjour {prenom}, » without a first name gives « Bonjour, »."""
    filled = _VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)
    return re.sub(r"[ \u00a0]+([,.])", r"\1", filled) if not values.get("prenom") else filled


def campaign_values(questionnaire, *, link: str) -> dict[str, str]:
    """What the variables stand for in the message to one establishment."""
    contact = questionnaire.contact
    return {
        "prenom": contact.first_name if contact else "",
        "etablissement": questionnaire.establishment.name,
        "demarche": questionnaire.demarche.name,
        "lien": link,
    }


def campaign_mail(campaign, questionnaire, *, expires_on, link: str = LINK_PLACE) -> tuple[str, str]:
    """Subject and text of the message to one establishment, with what the law and courtesy ask at its end."""
    values = campaign_values(questionnaire, link=link)
    subject = fill_variables(campaign.message_subject, values | {"lien": ""})
    body = render_to_string(
        "emails/synergies/campaign.txt",
        {
            "message": fill_variables(campaign.message_body, values).strip(),
            "demarche": questionnaire.demarche,
            "author": campaign.author,
            "expires_on": expires_on,
        },
    )
    return subject, body


def code_mail(questionnaire) -> tuple[str, str]:
    """Subject and text of the code that shows one's answers again on another device."""
    subject = _("Votre code pour reprendre le questionnaire")
    body = render_to_string("emails/synergies/code.txt", {"questionnaire": questionnaire, "code": "{{secret:code}}"})
    return subject, body
