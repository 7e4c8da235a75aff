"""Find resources of the taxonomy from words people type: plurals, accents, synonyms and typing errors.

Pure: the terms are given, nothing is read. The same text on the same terms always gives the same answer.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

_WORD = re.compile(r"[a-z0-9]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "Œ": "oe", "Æ": "ae"})


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP_WORDS = _words(
    "a au aux avec ce ces cette chez d dans de des du en est et l la le les leur leurs nos notre nous on ou par pas "
    "pour qu que qui sont sur un une y ont sous type tout toute toutes tous diverses divers autre autres "
    "propose proposons cherche cherchons recherche recherchons besoin besoins dispose disposons dispo disponible "
    "disponibles environ"
)
# Words met in most free labels: they help to choose between neighbours but never decide alone.
WEAK_WORDS = _words(
    "dechet chute reste residu coproduit produit surplus excedent rebut perte usage use vieux vieille sale propre "
    "matiere materiau industriel industrielle an mois semaine jour tonne kg m3 litre piece rejet recuperation vrac "
    "melange local site entreprise usine service achat groupe mutualise partage commun"
)
_KEEP_X = frozenset({"chaux", "taux", "faux", "aux"})

_WEAK_WEIGHT = 0.3
_NUMBER_WEIGHT = 0.15
_MIN_SCORE = 0.35


@dataclass(frozen=True, slots=True)
class ResourceTerm:
    """A resource as the vocabulary needs it: stable code, French label, synonyms, family code."""

    code: str
    label: str
    synonyms: tuple[str, ...] = ()
    family: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A resource proposed for a text: score from 0 to 1 (1: the very same words), and the words that matched."""

    code: str
    score: float
    matched_on: str


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    if any(char.isdigit() for char in word):
        return word
    if len(word) > 3 and word not in _KEEP_X:
        if word.endswith("eaux"):
            word = word[:-1]
        elif word.endswith("aux"):
            word = word[:-2] + "l"
        elif word.endswith(("s", "x")) and not word.endswith("ss"):
            word = word[:-1]
    if len(word) > 3 and word.endswith("ee"):
        word = word[:-1]
    return word


def tokenize(text: str) -> tuple[str, ...]:
    """Split a French text into comparable words: no accent, lower case, no stop-word, plural ending removed.

    A text made of stop-words only keeps them, so that it still compares with itself.
    """
    # Elision marks and subscripts (CO₂) disappear with the compatibility decomposition.
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    plain = "".join(char for char in decomposed if not unicodedata.combining(char)).lower()
    words = _WORD.findall(plain)
    kept = [word for word in words if word not in STOP_WORDS]
    return tuple(_stem(word) for word in (kept or words))


def normalize(text: str) -> str:
    """Comparable form of a text: its words as `tokenize` gives them, separated by one space."""
    return " ".join(tokenize(text))


@dataclass(frozen=True, slots=True)
class _Phrase:
    owner: int
    text: str
    tokens: tuple[str, ...]
    weight: float
    is_label: bool


@dataclass(slots=True)
class Vocabulary:
    """Index over the terms of a taxonomy; build it once with `Vocabulary.build`, then `search`."""

    terms: tuple[ResourceTerm, ...]
    _phrases: tuple[_Phrase, ...] = ()
    _by_token: dict[str, tuple[int, ...]] = field(default_factory=dict)
    _by_normal: dict[str, tuple[int, ...]] = field(default_factory=dict)
    _tokens: tuple[str, ...] = ()
    _joined: tuple[str, ...] = ()
    _weights: dict[str, float] = field(default_factory=dict)

    @classmethod
    def build(cls, terms: Iterable[ResourceTerm]) -> Vocabulary:
        """Index the labels and synonyms of the terms. Order of the terms has no effect on the answers."""
        ordered = tuple(sorted(terms, key=lambda term: term.code))
        raw: list[tuple[int, str, tuple[str, ...], bool]] = []
        carriers: dict[str, set[int]] = defaultdict(set)
        for owner, term in enumerate(ordered):
            for rank, text in enumerate((term.label, *term.synonyms)):
                tokens = tokenize(text)
                if tokens:
                    raw.append((owner, text, tokens, rank == 0))
                    for token in tokens:
                        carriers[token].add(owner)
        weights = {token: _weight(token, len(owners), len(ordered)) for token, owners in carriers.items()}
        phrases = tuple(
            _Phrase(owner, text, tokens, sum(weights[token] for token in tokens), is_label)
            for owner, text, tokens, is_label in raw
        )
        by_token: dict[str, list[int]] = defaultdict(list)
        by_normal: dict[str, list[int]] = defaultdict(list)
        for number, phrase in enumerate(phrases):
            by_normal[" ".join(phrase.tokens)].append(number)
            for token in dict.fromkeys(phrase.tokens):
                by_token[token].append(number)
        return cls(
            terms=ordered,
            _phrases=phrases,
            _by_token={token: tuple(numbers) for token, numbers in by_token.items()},
            _by_normal={text: tuple(numbers) for text, numbers in by_normal.items()},
            _tokens=tuple(sorted(carriers)),
            _joined=tuple("".join(phrase.tokens) for phrase in phrases),
            _weights=weights,
        )

    def search(
        self, text: str, limit: int = 8, *, families: Sequence[str] = (), min_score: float = _MIN_SCORE
    ) -> list[Suggestion]:
        """Resources that best match a free text, best first, at most `limit`; empty when nothing is close enough.

        `families` narrows the answer to some families. Score: harmonic mean of the share of the query and of the
        share of the phrase that are covered, words weighted by rarity; a word counts in part when it is the
        beginning of, or one or two letters away from, the indexed one.
        """
        query = tokenize(text)
        if not query or not self.terms or limit < 1:
            return []
        scores = self._token_scores(query)
        self._add_whole_text_scores("".join(query), scores)
        for number in self._by_normal.get(" ".join(query), ()):
            scores[number] = 1.0

        best: dict[int, tuple[float, bool, str]] = {}
        for number, score in scores.items():
            if score < min_score:
                continue
            phrase = self._phrases[number]
            if families and self.terms[phrase.owner].family not in families:
                continue
            candidate = (round(score, 4), phrase.is_label, phrase.text)
            if phrase.owner not in best or candidate > best[phrase.owner]:
                best[phrase.owner] = candidate
        ranked = sorted(best.items(), key=lambda item: (-item[1][0], not item[1][1], self.terms[item[0]].code))
        return [Suggestion(self.terms[owner].code, score, words) for owner, (score, _, words) in ranked[:limit]]

    def _token_scores(self, query: tuple[str, ...]) -> dict[int, float]:
        similar = [self._similar_tokens(token, last=rank == len(query) - 1) for rank, token in enumerate(query)]
        query_weights = [
            max((self._weights[found] * near for found, near in found_tokens.items()), default=0.0)
            or _weight(token, 1, len(self.terms))
            for token, found_tokens in zip(query, similar, strict=True)
        ]
        total = sum(query_weights)
        covered_query: dict[int, float] = defaultdict(float)
        covered_phrase: dict[int, dict[str, float]] = defaultdict(dict)
        for weight, found_tokens in zip(query_weights, similar, strict=True):
            nearest: dict[int, float] = {}
            for found, near in found_tokens.items():
                for number in self._by_token[found]:
                    if near > nearest.get(number, 0.0):
                        nearest[number] = near
                    seen = covered_phrase[number]
                    if near > seen.get(found, 0.0):
                        seen[found] = near
            for number, near in nearest.items():
                covered_query[number] += weight * near
        scores: dict[int, float] = {}
        for number, covered in covered_query.items():
            phrase = self._phrases[number]
            seen = covered_phrase[number]
            of_query = covered / total
            of_phrase = sum(self._weights[token] * seen.get(token, 0.0) for token in phrase.tokens) / phrase.weight
            # Below 1: only the very same words reach it.
            scores[number] = 0.98 * 2 * of_query * of_phrase / (of_query + of_phrase)
        return scores

    def _similar_tokens(self, token: str, *, last: bool) -> dict[str, float]:
        found: dict[str, float] = {}
        if token in self._by_token:
            found[token] = 1.0
        if len(token) >= 4 and not any(char.isdigit() for char in token):
            # A long word bears two faults, a short one a single fault; formulas with digits bear none.
            allowed = 2 if len(token) >= 8 else 1
            for other, distance, _ in process.extract(token, self._tokens, scorer=OSA.distance, score_cutoff=allowed, limit=12):
                if distance and len(other) >= 4:
                    found[other] = 1 - 1.4 * distance / max(len(token), len(other))
        if len(token) >= 3 and last:
            # Someone is still typing the last word.
            for other in self._tokens:
                if other.startswith(token) and other != token:
                    found[other] = max(found.get(other, 0.0), 0.6 + 0.3 * len(token) / len(other))
        return found

    def _add_whole_text_scores(self, joined: str, scores: dict[int, float]) -> None:
        # « bigbag » for « big-bag », words glued or cut in the wrong place.
        if len(joined) < 5:
            return
        for _, ratio, number in process.extract(joined, self._joined, scorer=fuzz.ratio, score_cutoff=86.0, limit=20):
            scores[number] = max(scores.get(number, 0.0), 0.95 * ratio / 100)


def _weight(token: str, carriers: int, population: int) -> float:
    if token.isdigit():
        return _NUMBER_WEIGHT
    rarity = math.log(1 + population / carriers) / math.log(1 + population)
    return (_WEAK_WEIGHT if token in WEAK_WORDS else 1.0) * rarity
