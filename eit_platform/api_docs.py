"""A page that tells the API's operations, drawn on the server from the same description that programs read."""

from functools import cache

from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

VERBS = ("get", "post", "put", "patch", "delete")
PLACES = {"path": _("dans l’adresse"), "query": _("filtre"), "header": _("en-tête")}
# What each operation is for, by its identifier; the description itself speaks to programmers, in English.
PURPOSES = {
    "establishments_list": _("Les établissements ouverts de la démarche, les plus récents d’abord."),
    "establishments_create": _("Ajoute un établissement."),
    "establishments_read": _("Un établissement."),
    "contacts_list": _("Les interlocuteurs ; une entreprise ne lit que les siens."),
    "flows_list": _("Les flux que la personne peut lire, les plus récents d’abord."),
    "flows_create": _("Déclare un flux."),
    "flows_read": _("Un flux."),
    "flows_change": _("Corrige un flux ; seuls les champs envoyés changent."),
    "flows_archive": _("Archive un flux."),
    "leads_list": _("Les pistes, les mieux notées d’abord."),
    "leads_read": _("Une piste, avec ce qui fait sa note."),
    "leads_keep": _("Garde une piste : elle devient une synergie."),
    "synergies_list": _("Les synergies que la personne peut lire."),
    "synergies_read": _("Une synergie, ses parties, ses impacts, son journal."),
    "synergies_stage": _("Fait passer une synergie à une autre étape."),
    "synergies_next_step": _("Note la prochaine action d’une synergie."),
    "dashboard_read": _("Les chiffres du tableau de bord ; des totaux protégés pour qui n’est pas de l’équipe."),
    "reports_list": _("Les rapports."),
    "reports_read": _("Un rapport figé, avec ses données."),
}


@cache
def operations() -> list[dict]:
    """The operations by path, each with what it is for, its parameters and its answers."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return [_told(path, verb, item[verb]) for path, item in sorted(schema["paths"].items()) for verb in VERBS if verb in item]


def _told(path: str, verb: str, operation: dict) -> dict:
    parameters = [
        {
            "name": parameter["name"],
            "where": PLACES[parameter["in"]],
            "about": parameter.get("description", ""),
            "choices": ", ".join(parameter.get("schema", {}).get("enum", [])),
        }
        for parameter in operation.get("parameters", ())
    ]
    return {
        "id": operation["operationId"],
        "verb": verb.upper(),
        "path": path,
        "about": PURPOSES[operation["operationId"]],
        "parameters": parameters,
        "body": _body_name(operation),
        "answers": ", ".join(sorted(operation["responses"])),
    }


def _body_name(operation: dict) -> str:
    """The name of what is sent, as the description calls it; empty when nothing is."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return content.get("schema", {}).get("$ref", "").rpartition("/")[2]


@require_safe
def docs(request):
    """Every operation of the API, for whoever writes a program."""
    return render(request, "api_docs.html", {"operations": operations()})
