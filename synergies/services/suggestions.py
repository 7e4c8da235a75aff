"""What the platform proposes while somebody types: resources, waste codes, flows usual in the sector."""

import re
from functools import lru_cache

from django.db.models import Q

from eit_platform.common.text import fold
from synergies.matching.vocabulary import ResourceTerm, Vocabulary, tokenize
from synergies.models import Resource, SectorProfile, WasteCode

LEAF = 3
# Words of a sentence about a flow that never name it: verbs, rhythms, containers, quantities.
FILLERS = frozenset(
    tokenize(
        "jette jetons jeter avons avez ai reste restent part partent paye payons payer enleve enlever enlevement evacue "
        "evacuer produit produisons genere generons perd perdons perdue perdu vend vendre donne donner trop peu pres "
        "beaucoup plusieurs quelques chaque fois mois semaine semaines jour jours annee annees heure heures tonnes tonne "
        "kilo kilos kg litre litres benne bennes bac bacs petit petite gros grosse manque faut faudrait aimerions aimerait "
        "voudrions chercher trouver acheter achetons achete utilise utilisons partager mutualiser proposer disposition "
        "entreprise chez maintenant actuellement souvent parfois toujours"
    )
)
LONG_SENTENCE = 3
WINDOWS = (3, 2, 1)


@lru_cache(maxsize=2)
def _vocabulary(terms: tuple[ResourceTerm, ...]) -> Vocabulary:
    # Building the index costs far more than reading the terms: it is redone only when they change.
    return Vocabulary.build(terms)


def suggest_resources(text: str, *, limit: int = 5) -> list[Resource]:
    """The leaves of the taxonomy that best match free words, best first; empty when nothing is close.

    A whole sentence is read by groups of one to three neighbouring words, so that « on jette trois bennes de chutes de
    bois par mois » is found by « chutes de bois ».
    """
    if not text.strip():
        return []
    rows = {resource.code: resource for resource in Resource.objects.filter(level=LEAF)}
    terms = tuple(ResourceTerm(row.code, row.label, tuple(row.synonyms), row.family) for row in rows.values())
    vocabulary = _vocabulary(terms)
    scores: dict[str, float] = {}
    for query, trust in _queries(text[:300]):
        for found in vocabulary.search(query, limit):
            scores[found.code] = max(scores.get(found.code, 0), found.score * trust)
    ranked = sorted(scores, key=lambda code: (-scores[code], code))
    return [rows[code] for code in ranked[:limit]]


def _queries(text: str) -> list[tuple[str, float]]:
    """What to look up for a text, each with how far it is to be trusted: a single word of a sentence says less."""
    words = [word for word in tokenize(text) if word not in FILLERS and not word.isdigit()]
    if len(words) <= LONG_SENTENCE:
        return [(text, 1.0), *([(" ".join(words), 0.99)] if words else [])]
    queries = [(text, 1.0)]
    for size in WINDOWS:
        trust = 0.7 + 0.1 * size
        queries += [(" ".join(words[start : start + size]), trust) for start in range(len(words) - size + 1)]
    return queries[:40]


def find_resource(code: str) -> Resource | None:
    """The resource of a code; None when there is none."""
    return Resource.objects.filter(code=code).first() if code and "\x00" not in code else None


def search_waste_codes(text: str, *, limit: int = 8) -> list[WasteCode]:
    """Waste codes by their digits (« 15 01 ») or by words of their label, all of which must be found."""
    digits = re.sub(r"[\s.*]", "", text)
    if digits.isdecimal():
        return list(WasteCode.objects.filter(code__startswith=digits[:6])[:limit])
    words = [word[:-1] if word.endswith("s") and len(word) > 3 else word for word in fold(text).split() if len(word) > 2]
    if not words:
        return []
    condition = Q()
    for word in words[:6]:
        condition &= Q(folded_label__contains=word)
    return list(WasteCode.objects.filter(condition)[:limit])


def usual_waste_codes(resource: Resource | None) -> list[WasteCode]:
    """The codes that usually go with a resource, in the taxonomy's order."""
    if resource is None or not resource.waste_codes:
        return []
    found = WasteCode.objects.in_bulk(resource.waste_codes)
    return [found[code] for code in resource.waste_codes if code in found]


def waste_choices(*, resource: Resource | None, query: str = "", chosen: str = "") -> list[WasteCode]:
    """The codes to choose from: the one already chosen, those of the resource, those found for the words typed."""
    rows = [*usual_waste_codes(resource), *(search_waste_codes(query) if query.strip() else [])]
    if chosen:
        rows = [*WasteCode.objects.filter(code=re.sub(r"\D", "", chosen)[:6]), *rows]
    return list({row.code: row for row in rows}.values())


def usual_flows(establishment, *, directions, families=(), without=(), limit: int = 8) -> list[SectorProfile]:
    """What sites of the same activity usually have: proposals, never data. The most precise activity comes first.

    `directions` and `families` narrow the answer, `without` names resources already declared.
    """
    if not establishment.naf_id:
        return []
    prefixes = [establishment.naf_id[:length] for length in range(2, len(establishment.naf_id) + 1)]
    lines = SectorProfile.objects.filter(naf_prefix__in=prefixes, direction__in=directions).exclude(resource_id__in=without)
    if families:
        lines = lines.filter(resource__family__in=families)
    ranked = sorted(lines.select_related("resource"), key=lambda line: (-len(line.naf_prefix), -line.weight, line.resource_id))
    best: dict[tuple[str, str], SectorProfile] = {}
    for line in ranked:
        best.setdefault((line.direction, line.resource_id), line)
    return list(best.values())[:limit]
