"""Filters of the directory, read from the address."""

from dataclasses import dataclass, fields
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from actors import flow_figures
from actors.enums import EngagementStage
from actors.queries import Facets, driving_condition, matching

STAGES = set(EngagementStage.values)
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class DirectoryFilter:
    """What the person chose; a value that means nothing is left out, an old link must not fail."""

    q: str = ""
    stage: str = ""
    place: str = ""
    division: str = ""
    flows: str = ""
    driving: str = ""

    @classmethod
    def read(cls, query, *, with_mobilisation: bool):
        """From a QueryDict; the stages are the team's, their filter too."""
        values = {f.name: query.get(f.name, "").replace("\x00", "").strip()[:LONGEST_SEARCH] for f in fields(cls)}
        if values["stage"] not in STAGES or not with_mobilisation:
            values["stage"] = ""
        if values["flows"] not in ("yes", "no") or not flow_figures.are_known():
            values["flows"] = ""
        if values["driving"] != "yes" or not with_mobilisation:
            values["driving"] = ""
        if not values["place"].startswith(("epci:", "commune:")):
            values["place"] = ""
        return cls(**values)

    def apply(self, establishments, user):
        """The establishments that pass every filter."""
        if self.q:
            establishments = establishments.filter(matching(self.q))
        if self.stage:
            establishments = establishments.filter(engagement__stage=self.stage)
        if self.driving:
            establishments = establishments.filter(driving_condition())
        kind, _colon, code = self.place.partition(":")
        if kind == "epci":
            establishments = establishments.filter(commune__epci_id=code)
        elif kind == "commune":
            establishments = establishments.filter(commune_id=code)
        if self.division:
            establishments = establishments.filter(naf__division_id=self.division)
        if self.flows:
            condition = flow_figures.has_flows(user)
            establishments = establishments.filter(condition if self.flows == "yes" else ~condition)
        return establishments

    @property
    def is_active(self) -> bool:
        return any(getattr(self, f.name) for f in fields(self))

    def address(self, **changes) -> str:
        """The query string with some filters changed; « ? » alone when nothing is left."""
        values = {f.name: getattr(self, f.name) for f in fields(self)} | changes
        return "?" + urlencode({name: value for name, value in values.items() if value})

    def chips(self, facets: Facets) -> list[dict]:
        """Filters in force, each with the address without it."""
        places = {f"epci:{code}": name for code, name, _n in facets.epci}
        places |= {f"commune:{code}": name for code, name, _n in facets.communes}
        divisions = {code: label for code, label, _n in facets.divisions}
        stages = {code: label for code, label, _n in facets.stages}
        words = {
            "q": _("« %(text)s »") % {"text": self.q},
            "stage": stages.get(self.stage, self.stage),
            "place": places.get(self.place, self.place.partition(":")[2]),
            "division": divisions.get(self.division, self.division),
            "flows": _("avec des flux") if self.flows == "yes" else _("sans flux"),
            "driving": _("acteurs moteurs"),
        }
        return [{"label": words[name], "url": self.address(**{name: ""})} for name in words if getattr(self, name)]
