"""Sirene files for tests: companies with fictitious but well-formed numbers."""

import csv
import gzip
import io

from stdnum import luhn

COLUMNS = [
    "siren",
    "nic",
    "siret",
    "statutDiffusionEtablissement",
    "dateCreationEtablissement",
    "trancheEffectifsEtablissement",
    "anneeEffectifsEtablissement",
    "etablissementSiege",
    "complementAdresseEtablissement",
    "numeroVoieEtablissement",
    "indiceRepetitionEtablissement",
    "typeVoieEtablissement",
    "libelleVoieEtablissement",
    "codePostalEtablissement",
    "libelleCommuneEtablissement",
    "codeCommuneEtablissement",
    "coordonneeLambertAbscisseEtablissement",
    "coordonneeLambertOrdonneeEtablissement",
    "dateDebut",
    "etatAdministratifEtablissement",
    "enseigne1Etablissement",
    "enseigne2Etablissement",
    "enseigne3Etablissement",
    "denominationUsuelleEtablissement",
    "activitePrincipaleEtablissement",
    "nomenclatureActivitePrincipaleEtablissement",
    "activitePrincipaleNAF25Etablissement",
    "caractereEmployeurEtablissement",
]


def siren(number: int) -> str:
    """A fictitious SIREN, starting with 000, with a valid key."""
    body = f"000{number:05d}"
    return body + luhn.calc_check_digit(body)


def siret(number: int, site: int = 1) -> str:
    """A fictitious SIRET with a valid key."""
    body = f"{siren(number)}{site:04d}"
    return body + luhn.calc_check_digit(body)


def row(number: int, site: int = 1, **values) -> dict[str, str]:
    """A plain line of StockEtablissement, in Bazancourt, of the food industry."""
    number_of_site = siret(number, site)
    return {
        "siren": number_of_site[:9],
        "nic": number_of_site[9:],
        "siret": number_of_site,
        "statutDiffusionEtablissement": "O",
        "dateCreationEtablissement": "2001-04-01",
        "trancheEffectifsEtablissement": "12",
        "anneeEffectifsEtablissement": "2023",
        "etablissementSiege": "true",
        "numeroVoieEtablissement": "4",
        "typeVoieEtablissement": "RUE",
        "libelleVoieEtablissement": "DE L EXEMPLE",
        "codePostalEtablissement": "51110",
        "libelleCommuneEtablissement": "BAZANCOURT",
        "codeCommuneEtablissement": "51043",
        "dateDebut": "2015-01-01",
        "etatAdministratifEtablissement": "A",
        "denominationUsuelleEtablissement": f"FABRIQUE FICTIVE {number}",
        "activitePrincipaleEtablissement": "10.81Z",
        "nomenclatureActivitePrincipaleEtablissement": "NAFRev2",
        "caractereEmployeurEtablissement": "O",
    } | values


def written(rows, *, separator=",", encoding="utf-8", columns=COLUMNS, packed=False) -> bytes:
    """The bytes of a file with these lines."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, delimiter=separator, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    data = buffer.getvalue().encode(encoding)
    return gzip.compress(data, mtime=0) if packed else data


UNIT_COLUMNS = [
    "siren",
    "statutDiffusionUniteLegale",
    "sigleUniteLegale",
    "prenom1UniteLegale",
    "prenomUsuelUniteLegale",
    "nomUniteLegale",
    "nomUsageUniteLegale",
    "denominationUniteLegale",
    "categorieJuridiqueUniteLegale",
]


def units(*rows) -> bytes:
    return written(rows, columns=UNIT_COLUMNS)
