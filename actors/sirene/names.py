"""Legal names of companies, from a StockUniteLegale file."""

from collections.abc import Container, Iterator
from typing import BinaryIO, NamedTuple

from actors.sirene import columns as c
from actors.sirene import validation as v
from actors.sirene.reader import Table, open_table


class LegalUnit(NamedTuple):
    """What we keep of a company; `name` is empty when it is hidden."""

    siren: str
    name: str
    acronym: str
    legal_category: str


class NamesReading:
    """Reads the companies whose SIREN is in `wanted`; the others are passed over without being judged."""

    def __init__(self, stream: BinaryIO, *, wanted: Container[str], max_unpacked: int | None = None):
        self.table: Table = open_table(stream, required=c.UNIT_REQUIRED, optional=c.UNIT_OPTIONAL, max_unpacked=max_unpacked)
        self.wanted = wanted
        self.read = 0

    def units(self) -> Iterator[LegalUnit]:
        """The first row of each wanted company."""
        place = {name: index for index, name in enumerate(self.table.wanted)}
        seen: set[str] = set()
        for _line, values in self.table.rows():
            self.read += 1
            siren = values[place[c.SIREN]]
            if siren not in self.wanted or siren in seen:
                continue
            seen.add(siren)
            cells = {name: v.known(values[index]) for name, index in place.items()}
            yield LegalUnit(siren, legal_name(cells)[:200], cells[c.ACRONYM][:40], cells[c.LEGAL_CATEGORY][:4])


def legal_name(cells: dict[str, str]) -> str:
    """The company's name; for a natural person, first name and name unless the register hides them."""
    if cells[c.LEGAL_NAME]:
        return cells[c.LEGAL_NAME]
    if cells[c.UNIT_DIFFUSION] not in ("", "O"):
        return ""
    last_name = cells[c.USED_NAME] or cells[c.LAST_NAME]
    return f"{cells[c.USUAL_FIRST_NAME] or cells[c.FIRST_NAME]} {last_name}".strip() if last_name else ""
