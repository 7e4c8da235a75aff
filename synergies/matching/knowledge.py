"""Which resource can serve which: the taxonomy and the compatibility table, made ready for look-up."""

from collections.abc import Iterable
from dataclasses import dataclass

from synergies.matching.types import Compatibility, RelationKind, ResourceRow, Side, Thermal

SAME_VALUE = 1.0
GENERAL_VALUE = 0.7
GROUP_VALUE = 0.4
THERMAL_BRANCHES = {"energy.heat": Thermal.HEAT, "energy.cold": Thermal.COLD}
LIFTING_WORDS = ("pompe à chaleur", "recompression", "appoint", "groupe froid")


@dataclass(frozen=True, slots=True)
class Relation:
    """How an offered resource serves a needed one: value in ]0, 1], what to do in between, whether that settles a
    difference of temperature, who was too vague."""

    kind: RelationKind
    value: float
    transformation: str = ""
    lifts_temperature: bool = False
    vague: Side | None = None


def thermal_of(code: str) -> Thermal:
    """How the temperature of a resource is judged, by the place of its code in our taxonomy."""
    for branch, thermal in THERMAL_BRANCHES.items():
        if code == branch or code.startswith(f"{branch}."):
            return thermal
    return Thermal.UNSTATED


class Knowledge:
    """Relations between resources. The same resource is worth 1; an entry of the table its own value; a flow filed
    under a group facing one of its leaves (or the same group) 0.7, since it may well be the same thing; two leaves of
    one group 0.4; anything else does not match.

    A transformation settles a difference of temperature, except from heat to heat and from cold to cold, where it must
    name a means of doing so (LIFTING_WORDS): a plain exchanger makes nothing hotter.

    A group is a node whose children have none: families and other upper nodes are too vague to relate anything.
    ValueError on a resource given twice or above itself, a reach that is not positive or a value outside of [0, 1].
    """

    def __init__(self, resources: Iterable[ResourceRow], compatibilities: Iterable[Compatibility]) -> None:
        self._resources: dict[str, ResourceRow] = {}
        self._children: dict[str, list[str]] = {}
        for row in resources:
            if row.code in self._resources:
                raise ValueError(f"resource {row.code} is given twice")
            if not (row.reach_km > 0 and (row.max_km is None or row.max_km > 0)):
                raise ValueError(f"resource {row.code}: reach_km and max_km must be positive")
            self._resources[row.code] = row
            if row.parent:
                self._children.setdefault(row.parent, []).append(row.code)
        self._refuse_loops()
        self._table = self._expand(compatibilities)
        self._needs: dict[str, dict[str, Relation]] = {}

    def resource(self, code: str) -> ResourceRow:
        """The node of that code; ValueError when the taxonomy does not have it."""
        try:
            return self._resources[code]
        except KeyError:
            raise ValueError(f"unknown resource {code!r}") from None

    def relation(self, offer: str, need: str) -> Relation | None:
        """How `offer` serves `need`, None when it does not. Not symmetric: the table is read from offer to need."""
        return self.needs_served_by(offer).get(need)

    def needs_served_by(self, offer: str) -> dict[str, Relation]:
        """Every need that an offer of this resource can serve, by code."""
        if offer not in self._needs:
            self.resource(offer)
            found = self._by_taxonomy(offer)
            for need, entry in self._table.get(offer, {}).items():
                if need == offer:
                    continue
                if entry.value > 0:
                    lifts = self._lifts_temperature(offer, need, entry)
                    found[need] = Relation(RelationKind.COMPATIBLE, entry.value, entry.transformation, lifts)
                else:
                    found.pop(need, None)
            self._needs[offer] = dict(sorted(found.items()))
        return self._needs[offer]

    def _lifts_temperature(self, offer: str, need: str, entry: Compatibility) -> bool:
        if entry.lifts_temperature is not None:
            return entry.lifts_temperature
        one, other = self.resource(offer).thermal, self.resource(need).thermal
        if one == other and one != Thermal.UNSTATED:
            return any(word in entry.transformation.lower() for word in LIFTING_WORDS)
        return bool(entry.transformation)

    def _refuse_loops(self) -> None:
        for code in self._resources:
            above = {code}
            node = self._resources[code].parent
            while node in self._resources:
                if node in above:
                    raise ValueError(f"resource {code} is above itself")
                above.add(node)
                node = self._resources[node].parent

    def _is_leaf(self, code: str) -> bool:
        return code not in self._children

    def _is_group(self, code: str) -> bool:
        return not self._is_leaf(code) and all(self._is_leaf(child) for child in self._children[code])

    def _by_taxonomy(self, code: str) -> dict[str, Relation]:
        if self._is_group(code):
            found = {leaf: Relation(RelationKind.GENERAL, GENERAL_VALUE, vague=Side.OFFER) for leaf in self._children[code]}
            found[code] = Relation(RelationKind.GENERAL, GENERAL_VALUE, vague=Side.BOTH)
            return found
        if not self._is_leaf(code):
            return {}
        found = {}
        group = self._resources[code].parent
        if group and self._is_group(group):
            found = {leaf: Relation(RelationKind.GROUP, GROUP_VALUE) for leaf in self._children[group]}
            found[group] = Relation(RelationKind.GENERAL, GENERAL_VALUE, vague=Side.NEED)
        found[code] = Relation(RelationKind.SAME, SAME_VALUE)
        return found

    def _below(self, code: str) -> list[tuple[int, str]]:
        """The node and all its descendants, each with its depth under the node."""
        found = [(0, code)]
        for depth, node in found:
            found.extend((depth + 1, child) for child in self._children.get(node, ()))
        return found

    def _expand(self, compatibilities: Iterable[Compatibility]) -> dict[str, dict[str, Compatibility]]:
        """The table by offer then need, group entries spread over their descendants.

        The entry written nearest to the two nodes wins; between equals, the one that forbids, then the highest value.
        """
        ranked: dict[tuple[str, str], tuple[tuple[float, ...], str, Compatibility]] = {}
        for entry in compatibilities:
            if not 0 <= entry.value <= 1:
                raise ValueError(f"compatibility {entry.offer} → {entry.need}: {entry.value} is outside of [0, 1]")
            self.resource(entry.offer)
            self.resource(entry.need)
            for offer_depth, offer in self._below(entry.offer):
                for need_depth, need in self._below(entry.need):
                    order = ((offer_depth + need_depth, entry.value > 0, -entry.value), entry.transformation, entry)
                    known = ranked.get((offer, need))
                    if known is None or order[:2] < known[:2]:
                        ranked[offer, need] = order
        table: dict[str, dict[str, Compatibility]] = {}
        for (offer, need), (_, _, entry) in ranked.items():
            table.setdefault(offer, {})[need] = entry
        return table
