"""A Sirene file is read whatever wrote it, and each fault is told with its line, column, finding and expectation."""

import datetime
import io
import tracemalloc

import pytest

from actors.sirene.establishments import Place, Reading
from actors.sirene.names import NamesReading
from actors.sirene.reader import MAX_LINE, UnreadableFile
from actors.sirene.validation import CellError, clean_siret
from tests.actors.sirene_files import COLUMNS, row, siren, siret, units, written

BAZANCOURT = {"51043": Place("Bazancourt", 49.3656, 4.1717)}
NAF = {"10.81Z", "35.11Z"}
BANDS = {"NN", "12"}


def read(data: bytes, *, divisions=(), communes=BAZANCOURT, max_unpacked=None):
    reading = Reading(
        io.BytesIO(data), communes=communes, divisions=divisions, naf_codes=NAF, bands=BANDS, max_unpacked=max_unpacked
    )
    return reading, list(reading.sites())


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("packed", [False, True])
def test_separator_encoding_and_compression_are_recognised(separator, encoding, packed):
    rows = [row(1, denominationUsuelleEtablissement="Élevage Modèle"), row(2)]
    reading, sites = read(written(rows, separator=separator, encoding=encoding, packed=packed))
    assert [site.name for site in sites] == ["Élevage Modèle", "FABRIQUE FICTIVE 2"]
    assert reading.table.separator == separator
    assert reading.table.encoding == ("cp1252" if encoding == "cp1252" else "utf-8")
    assert reading.table.compression == ("gzip" if packed else "")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "vide"),
        (b"PK\x03\x04 something", "classeur"),
        (b"\xff\xfes\x00i\x00", "UTF-16"),
        (b"%PDF-1.7", "pas un tableau CSV"),
        (written([row(1)], separator="|"), "Séparateur non reconnu : « | »"),
        (b"nom,prenom\nExemple,Camille\n", "ne porte pas les noms de colonnes de l’INSEE"),
        (written([row(1)], packed=True)[:60], "abîmé ou incomplet"),
        (written([row(1)], columns=[*COLUMNS, "siret"]), "écrite deux fois"),
        (written([row(1)]).replace(b"\n", b',"autre\n', 1), "guillemet de la première ligne"),
    ],
)
def test_a_file_that_is_no_sirene_table_is_refused_with_the_reason(data, message):
    with pytest.raises(UnreadableFile, match=message.replace("|", "\\|")):
        read(data)


@pytest.mark.parametrize("name", ["siret", "codeCommuneEtablissement", "denominationUsuelleEtablissement"])
def test_a_missing_column_is_named(name):
    with pytest.raises(UnreadableFile, match=f"Il manque la colonne {name}"):
        read(written([row(1)], columns=[column for column in COLUMNS if column != name]))


def test_a_packed_file_that_grows_too_much_is_refused():
    with pytest.raises(UnreadableFile, match="une fois décompressé"):
        read(written([row(number) for number in range(200)], packed=True), max_unpacked=10_000)


@pytest.mark.parametrize(
    ("column", "found", "expected"),
    [
        ("siret", "1234", "14 chiffres (il y en a 4)"),
        ("siret", "", "14 chiffres"),
        ("siret", "0000000010A015", "seulement de chiffres"),
        ("siret", siret(1)[:13] + str((int(siret(1)[13]) + 1) % 10), "clé de contrôle"),
        ("etatAdministratifEtablissement", "X", "A (actif) ou F (fermé)"),
        ("codeCommuneEtablissement", "Bazancourt", "code commune de 5 caractères"),
        ("activitePrincipaleEtablissement", "boulangerie", "10.81Z"),
        ("trancheEffectifsEtablissement", "99", "tranche d’effectifs"),
        ("anneeEffectifsEtablissement", "23", "année de 4 chiffres"),
        ("dateCreationEtablissement", "01/04/2001", "AAAA-MM-JJ"),
        ("dateDebut", "2015-02-30", "AAAA-MM-JJ"),
        ("statutDiffusionEtablissement", "?", "O (diffusible)"),
        ("etablissementSiege", "oui", "true ou false"),
    ],
)
def test_one_bad_line_in_a_thousand_is_told_with_its_line_and_its_column(column, found, expected):
    rows = [row(number) for number in range(1000)]
    rows[616][column] = found
    reading, sites = read(written(rows))
    assert len(sites) == 999
    assert reading.counts["faulty"] == 1
    [fault] = reading.faults
    assert (fault.line, fault.column, fault.found) == (618, column, found)
    assert expected in fault.expected


def test_every_fault_is_counted_and_the_first_two_hundred_are_kept():
    reading, _sites = read(written([row(number, siret="1") for number in range(450)]))
    assert reading.counts["faulty"] == 450
    assert len(reading.faults) == 200


def test_a_line_of_the_wrong_width_is_a_fault_and_the_next_one_is_read():
    good, other = written([row(1)]), written([row(2)]).splitlines()[1]
    reading, sites = read(good + b"a,b,c\n" + other + b"\n")
    assert [site.siret for site in sites] == [siret(1), siret(2)]
    assert (reading.faults[0].line, reading.faults[0].found) == (3, "3 cellules")
    assert reading.counts["read"] == 3


def test_a_broken_byte_among_utf8_lines_is_told_by_its_line():
    rows = [row(1, denominationUsuelleEtablissement="Élevage"), row(2, denominationUsuelleEtablissement="Été")]
    data = (
        written(rows)
        + written([row(3, denominationUsuelleEtablissement="CAF#")]).splitlines()[1].replace(b"#", b"\xe9")
        + b"\n"
    )
    reading, sites = read(data)
    assert len(sites) == 2
    assert (reading.faults[0].line, reading.faults[0].column) == (4, "denominationUsuelleEtablissement")


def test_a_huge_line_is_told_and_not_held():
    data = written([row(1)]) + b"x" * (5 * MAX_LINE) + b"\n" + written([row(2)]).splitlines()[1] + b"\n"
    reading, sites = read(data)
    assert [site.siret for site in sites] == [siret(1), siret(2)]
    assert (reading.faults[0].line, reading.counts["faulty"]) == (3, 1)


def test_an_open_quote_is_a_fault_not_a_swallowed_file():
    rows = [row(1), row(2, caractereEmployeurEtablissement="§"), row(3)]
    reading, sites = read(written(rows).replace("§".encode(), b'"O'))
    assert len(sites) == 1
    assert reading.counts["faulty"] == 1


def test_a_formula_stays_a_text():
    _reading, sites = read(written([row(1, denominationUsuelleEtablissement='=HYPERLINK("http://x")')]))
    assert sites[0].name == '=HYPERLINK("http://x")'


def test_a_siret_written_twice_is_a_fault_that_names_the_first_line():
    reading, sites = read(written([row(1), row(1)]))
    assert len(sites) == 1
    assert "déjà à la ligne 2" in reading.faults[0].expected


def test_what_lies_outside_is_counted_and_not_judged():
    rows = [row(1), row(2, codeCommuneEtablissement="75056", siret="bad"), row(3, codeCommuneEtablissement="")]
    reading, sites = read(written(rows))
    assert len(sites) == 1
    assert (reading.counts["outside"], reading.counts["faulty"]) == (2, 0)


def test_other_divisions_are_left_out_but_closed_sites_are_told_whatever_their_activity():
    rows = [
        row(1),
        row(2, activitePrincipaleEtablissement="35.11Z"),
        row(3, activitePrincipaleEtablissement="35.11Z", etatAdministratifEtablissement="F"),
    ]
    reading, sites = read(written(rows), divisions=["10"])
    assert [(site.siret, site.is_open) for site in sites] == [(siret(1), True), (siret(3), False)]
    assert sites[1].closed_on == datetime.date(2015, 1, 1)
    assert (reading.counts["kept"], reading.counts["other_divisions"], reading.counts["closed"]) == (1, 1, 1)


def test_a_sign_names_the_site_when_there_is_no_usual_name_and_else_nothing_does():
    rows = [
        row(1, denominationUsuelleEtablissement="", enseigne2Etablissement="AU BON EXEMPLE"),
        row(2, denominationUsuelleEtablissement="[ND]", statutDiffusionEtablissement="P"),
    ]
    reading, sites = read(written(rows))
    assert [site.name for site in sites] == ["AU BON EXEMPLE", ""]
    assert sites[1].fallback_name == f"Établissement {siret(2)[9:]} (Bazancourt)"
    assert sites[1].is_diffusible is False
    assert reading.counts["partial"] == 1


def test_hidden_parts_are_left_unknown():
    hidden = dict.fromkeys(["numeroVoieEtablissement", "typeVoieEtablissement", "libelleVoieEtablissement"], "[ND]")
    [site] = read(written([row(1, statutDiffusionEtablissement="P", codePostalEtablissement="[ND]", **hidden)]))[1]
    assert (site.address, site.postal_code, site.commune) == ("", "", "51043")


@pytest.mark.parametrize(
    ("x", "y", "source", "latitude", "longitude"),
    [
        ("775000", "6919000", "lambert", 49.366, 4.034),
        ("[ND]", "[ND]", "commune", 49.3656, 4.1717),
        ("", "", "commune", 49.3656, 4.1717),
        ("340000", "7650000", "commune", 49.3656, 4.1717),
    ],
)
def test_the_position_comes_from_lambert_93_else_from_the_commune(x, y, source, latitude, longitude):
    rows = [row(1, coordonneeLambertAbscisseEtablissement=x, coordonneeLambertOrdonneeEtablissement=y)]
    [site] = read(written(rows))[1]
    assert site.position_source == source
    assert (site.latitude, site.longitude) == (pytest.approx(latitude, abs=0.01), pytest.approx(longitude, abs=0.01))


def test_a_commune_without_point_leaves_the_site_without_position():
    [site] = read(written([row(1)]), communes={"51043": Place("Pomacle", None, None)})[1]
    assert (site.latitude, site.longitude, site.position_source) == (None, None, "unknown")


def test_a_code_of_naf_2025_goes_to_its_own_column():
    rows = [
        row(1, activitePrincipaleNAF25Etablissement="10.81Y"),
        row(2, nomenclatureActivitePrincipaleEtablissement="NAF25", activitePrincipaleEtablissement="10.81Y"),
        row(3, nomenclatureActivitePrincipaleEtablissement="NAF1993", activitePrincipaleEtablissement="15.8C"),
    ]
    sites = read(written(rows))[1]
    assert [(site.naf, site.naf_2025) for site in sites] == [("10.81Z", "10.81Y"), (None, "10.81Y"), (None, "")]


@pytest.mark.parametrize("number", ["35600000000048", "35600000049837", "356 000 000 00048", siret(7)])
def test_a_true_siret_passes_la_poste_included(number):
    assert clean_siret(number) == number.replace(" ", "")


def test_a_wrong_siren_key_is_told_apart():
    with pytest.raises(CellError, match="le SIREN"):
        clean_siret("00000000100014")


def test_names_of_companies_and_of_natural_persons_who_accept_it():
    data = units(
        {"siren": siren(1), "denominationUniteLegale": "SAS FICTIVE", "sigleUniteLegale": "SF"},
        {"siren": siren(2), "statutDiffusionUniteLegale": "O", "prenom1UniteLegale": "CAMILLE", "nomUniteLegale": "EXEMPLE"},
        {"siren": siren(3), "statutDiffusionUniteLegale": "P", "prenom1UniteLegale": "[ND]", "nomUniteLegale": "SECRET"},
        {"siren": siren(4), "denominationUniteLegale": "AUTRE"},
    )
    reading = NamesReading(io.BytesIO(data), wanted={siren(1), siren(2), siren(3)})
    assert {unit.siren: unit.name for unit in reading.units()} == {
        siren(1): "SAS FICTIVE",
        siren(2): "CAMILLE EXEMPLE",
        siren(3): "",
    }


def test_memory_stays_flat_when_the_file_grows(tmp_path):
    path = tmp_path / "large.csv"
    lines = written([row(number, codeCommuneEtablissement="75056") for number in range(5000)]).splitlines(keepends=True)
    with path.open("wb") as file:
        file.write(lines[0])
        for _round in range(10):
            file.writelines(lines[1:])
    tracemalloc.start()
    with path.open("rb") as file:
        reading = Reading(file, communes=BAZANCOURT, divisions=[], naf_codes=NAF, bands=BANDS)
        assert sum(1 for _site in reading.sites()) == 0
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reading.counts["outside"] == 50_000
    assert most < 6_000_000 < path.stat().st_size
