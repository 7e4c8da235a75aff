"""The rail of a démarche: where one can go, by role."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from territories.enums import Role

ENTRIES = (  # label, URL name, icon, first segments of the views it covers, roles (empty: everybody of the démarche)
    (_("Accueil"), "workspace:home", "home", ("workspace:home",), ()),
    (_("Acteurs"), "actors:list", "actors", ("actors:",), (Role.MANAGER, Role.COLLEAGUE, Role.ELECTED, Role.PARTNER)),
    (_("Flux"), "synergies:flow_list", "list", ("synergies:flow_", "synergies:campaign_"), ()),
    (_("Pistes"), "synergies:lead_list", "loop", ("synergies:lead_",), (Role.MANAGER, Role.COLLEAGUE)),
    (
        _("Synergies"),
        "synergies:synergy_list",
        "link",
        ("synergies:synergy_", "synergies:impact_"),
        (Role.MANAGER, Role.COLLEAGUE, Role.ELECTED, Role.COMPANY),
    ),
    (
        _("Tableau de bord et rapports"),
        "reporting:dashboard",
        "chart",
        ("reporting:",),
        (Role.MANAGER, Role.COLLEAGUE, Role.ELECTED, Role.PARTNER),
    ),
)
SHORT_LABELS = {"reporting:dashboard": _("Bilan")}  # a phone's rail is one row
MENU_ENTRIES = (  # rarer places, in the account's menu
    (
        _("Membres"),
        "territories:member_list",
        "people",
        ("territories:member_", "territories:invitation_"),
        (Role.MANAGER, Role.COLLEAGUE, Role.ELECTED, Role.PARTNER),
    ),
    (_("Réglages"), "territories:demarche_settings", "pen", ("territories:demarche_",), (Role.MANAGER,)),
    (_("Travaux"), "operations:job_list", "clock", ("operations:job_",), ()),
    (_("Journal"), "operations:audit", "doc", ("operations:audit",), (Role.MANAGER,)),
)


def _entries(entries, access, current: str) -> list[dict]:
    found = []
    for label, name, icon, covers, roles in entries:
        if roles and not access.has(*roles):
            continue
        try:
            url = reverse(name, kwargs={"slug": access.demarche.slug})
        except NoReverseMatch:
            continue
        entry = {"label": label, "url": url, "icon": icon, "current": current.startswith(covers), "count": ""}
        found.append(entry | {"short": SHORT_LABELS.get(name, "")})
    return found


def navigation(request) -> dict:
    """`access`, `nav` (the rail) and `menu` (under the account) for pages of a démarche; empty elsewhere."""
    access = getattr(request, "access", None)
    if access is None:
        return {"access": None, "nav": [], "menu": []}
    current = request.resolver_match.view_name if request.resolver_match else ""
    return {
        "access": access,
        "nav": _entries(ENTRIES, access, current),
        "menu": _entries(MENU_ENTRIES, access, current),
    }
