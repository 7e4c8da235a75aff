"""The rail of a démarche: where one can go, by role."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from territories.enums import Role

ENTRIES = (  # label, URL name, icon, first segments of the views it covers, roles (empty: everybody of the démarche)
    (_("Accueil"), "workspace:home", "home", ("workspace:home",), ()),
    (_("Acteurs"), "actors:list", "actors", ("actors:",), (Role.MANAGER, Role.COLLEAGUE, Role.ELECTED, Role.PARTNER)),
    (_("Flux"), "synergies:flow_list", "list", ("synergies:flow_", "synergies:campaign_"), ()),
    (_("Pistes"), "synergies:lead_list", "loop", ("synergies:lead_",), (Role.MANAGER, Role.COLLEAGUE)),
    (_("Synergies"), "synergies:synergy_list", "link", ("synergies:synergy_", "synergies:impact_"), ()),
    (
        _("Tableau de bord et rapports"),
        "reporting:dashboard",
        "chart",
        ("reporting:",),
        (Role.MANAGER, Role.COLLEAGUE, Role.ELECTED, Role.PARTNER),
    ),
)


def navigation(request) -> dict:
    """`access` and `nav` for pages of a démarche; empty elsewhere."""
    access = getattr(request, "access", None)
    if access is None:
        return {"access": None, "nav": []}
    match = request.resolver_match
    current = match.view_name if match else ""
    nav = []
    for label, name, icon, covers, roles in ENTRIES:
        if roles and not access.has(*roles):
            continue
        try:
            url = reverse(name, kwargs={"slug": access.demarche.slug})
        except NoReverseMatch:
            continue
        nav.append({"label": label, "url": url, "icon": icon, "current": current.startswith(covers), "count": ""})
    return {"access": access, "nav": nav}
