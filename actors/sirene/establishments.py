"""From the rows of a StockEtablissement file to the establishments of a perimeter, and what was left out."""

import datetime
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO, NamedTuple

from actors.sirene import columns as c
from actors.sirene import validation as v
from actors.sirene.positions import Positions
from actors.sirene.reader import Fault, Table, excerpt, open_table

FAULTS_SHOWN = 200
NAME_LENGTH = 200


class Place(NamedTuple):
    """What the reading must know of a commune of the perimeter."""

    name: str
    latitude: float | None
    longitude: float | None


class Site(NamedTuple):
    """One establishment of the perimeter, ready for the database. `name` is empty when the file gives none."""

    line: int
    siret: str
    siren: str
    is_open: bool
    name: str
    fallback_name: str
    address: str
    postal_code: str
    commune: str
    commune_label: str
    naf: str | None
    naf_2025: str
    headcount: str | None
    headcount_year: int | None
    is_head_office: bool
    latitude: float | None
    longitude: float | None
    position_source: str
    is_diffusible: bool
    opened_on: datetime.date | None
    closed_on: datetime.date | None


class Reading:
    """Reads the establishments of a perimeter, counting everything it leaves out.

    `communes`: code → Place of the démarche's perimeter. `divisions`: two-digit NAF divisions kept, all when empty.
    `naf_codes` and `bands`: the codes of the nomenclatures. Lines outside the perimeter are counted and not judged:
    their faults cannot reach the démarche. `counts` and `faults` (the first 200) are complete once `sites()` is consumed.
    """

    def __init__(
        self,
        stream: BinaryIO,
        *,
        communes: Mapping[str, Place],
        divisions: Collection[str],
        naf_codes: Collection[str],
        bands: Collection[str],
        max_unpacked: int | None = None,
    ):
        self.table: Table = open_table(
            stream, required=c.ESTABLISHMENT_REQUIRED, optional=c.ESTABLISHMENT_OPTIONAL, max_unpacked=max_unpacked
        )
        self.communes = communes
        self.divisions = frozenset(divisions)
        self.naf_codes = naf_codes
        self.bands = bands
        self.counts: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self._place = {name: index for index, name in enumerate(self.table.wanted)}
        self._lines_of: dict[str, int] = {}

    def sites(self) -> Iterator[Site]:
        """Every open site kept, and every closed one of the perimeter (`is_open` False), in the order of the file."""
        positions = Positions()
        commune_at = self._place[c.COMMUNE]
        for line, values in self.table.rows():
            self.counts["read"] += 1
            self._take_faults_of_the_table()
            commune = values[commune_at].upper()
            if commune not in self.communes and (not commune or commune in v.HIDDEN or v.COMMUNE.match(commune)):
                self.counts["outside"] += 1
                continue
            site = self._site(line, values, positions)
            if site is not None:
                yield site
        self._take_faults_of_the_table()

    def _take_faults_of_the_table(self) -> None:
        for fault in self.table.faults:
            self.counts["read"] += 1
            self._fault(fault)
        self.table.faults.clear()

    def _fault(self, fault: Fault) -> None:
        self.counts["faulty"] += 1
        if len(self.faults) < FAULTS_SHOWN:
            self.faults.append(fault)

    def _site(self, line: int, values: list[str], positions: Positions) -> Site | None:
        """The site of one line of the perimeter; None when it is faulty, a duplicate, or of another division."""
        column = ""

        def cell(name: str) -> str:
            nonlocal column
            column = name
            return values[self._place[name]]

        try:
            siret = v.clean_siret(cell(c.SIRET))
            is_open = v.clean_state(cell(c.STATE))
            commune = v.clean_commune(cell(c.COMMUNE))
            diffusible = v.clean_diffusion(cell(c.DIFFUSION))
            naf, naf_2025 = self._activity(cell)
            headcount = v.clean_headcount(cell(c.HEADCOUNT), self.bands)
            year = v.clean_year(cell(c.HEADCOUNT_YEAR))
            head_office = v.clean_flag(cell(c.HEAD_OFFICE))
            opened_on = v.clean_date(cell(c.CREATED_ON))
            since = v.clean_date(cell(c.PERIOD_STARTS_ON))
            point = v.clean_lambert(cell(c.LAMBERT_X), cell(c.LAMBERT_Y))
            first_line = self._lines_of.setdefault(siret, line)
            if first_line != line:
                cell(c.SIRET)
                raise v.CellError(f"un SIRET par ligne : celui-ci est déjà à la ligne {first_line}")
        except v.CellError as error:
            self._fault(Fault(line, column, excerpt(values[self._place[column]]), error.expected))
            return None
        if not is_open:
            self.counts["closed"] += 1
        elif self.divisions and (naf or naf_2025)[:2] not in self.divisions:
            self.counts["other_divisions"] += 1
            return None
        else:
            self.counts["kept"] += 1
            self.counts["partial"] += not diffusible
        place = self.communes[commune]
        latitude, longitude, source = positions.of(point, place.latitude, place.longitude)
        return Site(
            line=line,
            siret=siret,
            siren=siret[:9],
            is_open=is_open,
            name=self._name(cell),
            fallback_name=f"Établissement {siret[9:]} ({place.name})",
            address=self._address(cell),
            postal_code=v.known(cell(c.POSTAL_CODE))[:10],
            commune=commune,
            commune_label=v.known(cell(c.COMMUNE_LABEL))[:120] or place.name,
            naf=naf if naf in self.naf_codes else None,
            naf_2025=naf_2025,
            headcount=headcount or None,
            headcount_year=year,
            is_head_office=head_office,
            latitude=latitude,
            longitude=longitude,
            position_source=source,
            is_diffusible=diffusible,
            opened_on=opened_on,
            closed_on=None if is_open else since,
        )

    @staticmethod
    def _activity(cell) -> tuple[str, str]:
        """Codes of NAF rév. 2 and of NAF 2025; a code of an older nomenclature is left out."""
        version = cell(c.ACTIVITY_VERSION).upper()
        next_code = v.clean_naf(cell(c.ACTIVITY_2025))
        if version in v.CURRENT_ACTIVITY_VERSIONS:
            return v.clean_naf(cell(c.ACTIVITY)), next_code
        if version in v.NEXT_ACTIVITY_VERSIONS:
            return "", next_code or v.clean_naf(cell(c.ACTIVITY))
        return "", next_code

    @staticmethod
    def _name(cell) -> str:
        for column in (c.USUAL_NAME, *c.SIGNS):
            if name := v.known(cell(column)):
                return name[:NAME_LENGTH]
        return ""

    @staticmethod
    def _address(cell) -> str:
        return " ".join(part for part in (v.known(cell(column)) for column in c.ADDRESS) if part)[:250]
