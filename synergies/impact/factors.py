"""Table of emission factors: read from the lines of a CSV file given by the caller, looked up by code or resource."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation

from .types import Category, Factor, ImpactError

# The mean ratio of the distance by road to the distance as the crow flies. Common knowledge of transport geography for
# western Europe (published means go from 1.2 to 1.4); no official French value is at hand, hence the mark.
ROAD_DETOUR = Factor(
    code="ratio.detour-routier",
    label="Distance par la route / distance à vol d’oiseau",
    category=Category.RATIO,
    value=Decimal("1.3"),
    unit="km/km",
    uncertainty_pct=Decimal(10),
    source="Ordre de grandeur usuel en géographie des transports, sans source officielle",
    version="1",
    provisional=True,
)


class FactorTable:
    """Factors by code, with the look-ups that a form or a calculation needs."""

    def __init__(self, factors: Iterable[Factor]) -> None:
        self._factors: dict[str, Factor] = {}
        for factor in factors:
            if factor.code in self._factors:
                raise ImpactError(f"Le facteur « {factor.code} » figure deux fois dans la table.")
            self._factors[factor.code] = factor

    def __len__(self) -> int:
        return len(self._factors)

    def __iter__(self) -> Iterator[Factor]:
        return iter(self._factors.values())

    def __contains__(self, code: object) -> bool:
        return code in self._factors

    def get(self, code: str) -> Factor:
        """The factor of that code; ImpactError when there is none."""
        try:
            return self._factors[code]
        except KeyError:
            raise ImpactError(f"Facteur inconnu : « {code} ».") from None

    def of_category(self, *categories: Category) -> list[Factor]:
        return [factor for factor in self if factor.category in categories]

    def for_resource(self, resource_code: str, *categories: Category) -> list[Factor]:
        """Factors that speak of a resource, the closest first: its own code, then its group; [] when none does."""
        found = [
            factor
            for factor in self
            if factor.resource_hint
            and f"{resource_code}.".startswith(f"{factor.resource_hint}.")
            and (not categories or factor.category in categories)
        ]
        return sorted(found, key=lambda factor: (-len(factor.resource_hint), factor.category, factor.code))

    def recycled_pairs(self) -> list[tuple[Factor, Factor]]:
        """(new, recycled) factors of the same matter."""
        virgin = {factor.subject: factor for factor in self.of_category(Category.MATERIAL_VIRGIN)}
        recycled = self.of_category(Category.MATERIAL_RECYCLED)
        return [(virgin[factor.subject], factor) for factor in recycled if factor.subject in virgin]


def parse_factors(lines: Iterable[str]) -> FactorTable:
    """Read factors.csv (columns in docs/facteurs.md); ImpactError naming the line for the first fault found."""
    reader = csv.DictReader(lines, restval="")
    factors: list[Factor] = []
    for row in reader:
        try:
            factors.append(
                Factor(
                    code=row["code"],
                    label=row["label"],
                    category=Category(row["category"]),
                    value=Decimal(row["value"]),
                    unit=row["unit"],
                    uncertainty_pct=Decimal(row["uncertainty_pct"]) if row["uncertainty_pct"] else None,
                    source=row["source"],
                    version=row["version"],
                    validity=row["validity"],
                    ademe_id=row["ademe_id"],
                    resource_hint=row["resource_hint"],
                )
            )
        except KeyError as error:
            raise ImpactError(f"Ligne {reader.line_num} : la colonne {error} manque.") from None
        except InvalidOperation:
            raise ImpactError(f"Ligne {reader.line_num} : un nombre est illisible.") from None
        except ImpactError as error:
            raise ImpactError(f"Ligne {reader.line_num} : {error}") from None
        except ValueError:
            raise ImpactError(f"Ligne {reader.line_num} : catégorie inconnue « {row['category']} ».") from None
    return FactorTable(factors)
