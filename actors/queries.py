"""Reads of the directory: what the filters offer and what a search finds."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from actors.enums import EngagementStage
from actors.models import HeadcountBand, NafCode, NafDivision
from actors.reference import division_labels, section_labels
from eit_platform.common.text import fold
from territories.models import Commune

MANY_COMMUNES = 200


@dataclass
class Facets:
    """Choices of the filters with their counts, over the open establishments the person sees."""

    total: int
    stages: list[tuple[str, str, int]]
    driving: int
    epci: list[tuple[str, str, int]]
    communes: list[tuple[str, str, int]]
    divisions: list[tuple[str, str, int]]


def facets(establishments, *, with_mobilisation: bool) -> Facets:
    """Groups by identifiers, then names them: at most four queries whatever the size."""
    by_commune = dict(establishments.order_by().values_list("commune_id").annotate(n=Count("pk")))
    by_division = dict(establishments.order_by().values_list("naf__division_id").annotate(n=Count("pk")))
    named = Commune.objects.filter(code__in=[code for code in by_commune if code]).select_related("epci")
    epci: dict[str, tuple[str, int]] = {}
    communes = []
    for commune in named:
        count = by_commune[commune.code]
        communes.append((commune.code, commune.name, count))
        if commune.epci is not None:
            epci[commune.epci_id] = (commune.epci.name, epci.get(commune.epci_id, ("", 0))[1] + count)
    labels = {code: label for code, label in division_labels().items() if code in by_division}
    stages, driving = [], 0
    if with_mobilisation:
        rows = list(
            establishments.order_by()
            .values_list("engagement__stage")
            .annotate(n=Count("pk"), n_driving=Count("pk", filter=driving_condition()))
        )
        by_stage, driving = {stage: n for stage, n, _driving in rows}, sum(n_driving for *_rest, n_driving in rows)
        stages = [(stage.value, str(stage.label), by_stage.get(stage.value, 0)) for stage in EngagementStage]
    return Facets(
        total=sum(by_commune.values()),
        stages=stages,
        driving=driving,
        epci=sorted(((code, name, n) for code, (name, n) in epci.items()), key=lambda item: fold(item[1])),
        communes=sorted(communes, key=lambda item: fold(item[1])),
        divisions=[(code, labels[code], by_division[code]) for code in sorted(labels)],
    )


def driving_condition() -> Q:
    """Acteurs moteurs of today, as the dashboard counts them: flagged by now, and not ended yet."""
    today = timezone.localdate()
    not_ended = Q(engagement__driving_until=None) | Q(engagement__driving_until__gt=today)
    return Q(engagement__driving_since__lte=today) & not_ended


def matching(text: str) -> Q:
    """Condition on establishments found by a part of their name, the start of their SIRET, or their commune.

    Names go through the trigram index (upper case of the folded name); communes are resolved first, so that the
    condition stays on one table.
    """
    folded = fold(text)
    condition = Q(folded_name__icontains=folded)
    digits = "".join(text.split())
    if digits.isdigit() and len(digits) >= 3:
        condition |= Q(siret__startswith=digits)
    if len(folded) >= 2:
        codes = Commune.objects.filter(folded_name__startswith=folded).values_list("code", flat=True)[:MANY_COMMUNES]
        condition |= Q(commune_id__in=list(codes))
    return condition


def divisions_by_section() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Sections of NAF rév. 2 with their divisions: (letter, label, [(code, label)])."""
    labels = section_labels()
    sections: dict[str, list[tuple[str, str]]] = {}
    for code, label, section in NafDivision.objects.values_list("code", "label", "section"):
        sections.setdefault(section, []).append((code, label))
    return [(letter, labels.get(letter, letter), divisions) for letter, divisions in sorted(sections.items())]


def commune_choices(demarche, *extra: str) -> list[tuple[str, str]]:
    """The communes of the perimeter, and those named besides when they are known."""
    inside = [(c.code, c.name) for c in demarche.communes.only("code", "name")]
    known = {code for code, _name in inside}
    outside = Commune.objects.filter(code__in=[code for code in extra if code and code not in known])
    return inside + [(c.code, _("%(name)s (hors périmètre)") % {"name": c.name}) for c in outside]


def headcount_choices() -> list[tuple[str, str]]:
    """INSEE bands, in the order of their size."""
    return list(HeadcountBand.objects.order_by("minimum", "code").values_list("code", "label"))


def naf_code(text: str) -> NafCode | None:
    return NafCode.objects.filter(code=text).first()


def commune(code: str) -> Commune | None:
    return Commune.objects.select_related("epci").filter(code=code).first() if code else None
