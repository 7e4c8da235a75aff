"""The written exchanges: the ones that went far enough to have a story, told in data/exchanges.json."""

import json
from dataclasses import dataclass, field
from decimal import Decimal

from eit_platform.common.tables import REPOSITORY
from eit_platform.demonstration.territory import DATA
from synergies.models import Flow


@dataclass(slots=True)
class Exchange:
    """One exchange between named companies; `age` is how many days ago it was opened, `co2` the inputs of its balance."""

    key: str
    kind: str
    detection: str
    furthest: str
    stage: str
    offer: str
    need: str
    quantity: Decimal | None
    unit: str
    giver: str
    takers: list[str]
    title: str
    age: int
    summary: str
    outlet: str
    savings: list | None
    co2: dict | None
    reason: str = ""
    note: str = ""
    temperature: Decimal | None = None
    jobs: int = 0
    energy: int = 0
    water: int = 0
    investment: list | None = None
    flows: list[Flow] = field(default_factory=list)

    @property
    def parties(self) -> list[str]:
        return [self.giver, *self.takers] if self.giver else self.takers


def read() -> list[Exchange]:
    """The exchanges, in the order of the file."""
    stored = json.loads((REPOSITORY / DATA / "exchanges.json").read_text(encoding="utf-8"), parse_float=Decimal)
    exchanges = [Exchange(**entry) for entry in stored]
    for exchange in exchanges:
        exchange.quantity = None if exchange.quantity is None else Decimal(exchange.quantity)
    return exchanges


def oldest_by_company(exchanges: list[Exchange]) -> dict[str, int]:
    """For each company, how many days ago its first exchange was opened."""
    ages: dict[str, int] = {}
    for exchange in exchanges:
        for name in exchange.parties:
            ages[name] = max(ages.get(name, 0), exchange.age)
    return ages
