"""A Sirene file is previewed, then imported whole or not at all; the second time changes nothing."""

import io

import pytest
from django.core.management import CommandError, call_command

from actors.models import Engagement, Establishment, Organisation, SireneImport
from actors.reference import load
from actors.services.imports import confirm_sirene_import, import_sirene_stream, preview_sirene_import
from eit_platform.common.exceptions import BusinessError
from operations.models import AuditEntry, StoredFile
from tests.actors.sirene_files import row, siren, siret, units, written


class Upload(io.BytesIO):
    def __init__(self, data: bytes, name: str = "stock.csv"):
        super().__init__(data)
        self.name = name


@pytest.fixture
def alice(cast):
    load()
    return cast


def previewed(cast, rows, **options):
    return preview_sirene_import(demarche=cast.a, actor=cast.alice, file=Upload(written(rows)), **options)


def imported(cast, rows, **options):
    return confirm_sirene_import(sirene_import=previewed(cast, rows, **options), actor=cast.alice)


def state_of(demarche):
    return list(Establishment.objects.filter(demarche=demarche).order_by("pk").values())


def test_a_preview_counts_and_writes_nothing_in_the_directory(alice):
    before = state_of(alice.a)
    rows = [
        row(11),
        row(12, etatAdministratifEtablissement="F"),
        row(13, codeCommuneEtablissement="75056"),
        row(14, activitePrincipaleEtablissement="35.11Z"),
        row(15, statutDiffusionEtablissement="P", denominationUsuelleEtablissement="[ND]"),
    ]
    preview = previewed(alice, rows, naf_divisions=["10"])
    wanted = {"read": 5, "kept": 2, "new": 2, "closed": 1, "outside": 1, "other_divisions": 1, "partial": 1, "unnamed": 1}
    assert {key: preview.counts[key] for key in wanted} == wanted
    assert state_of(alice.a) == before
    alice.a.refresh_from_db()
    assert alice.a.naf_divisions == ["10"]


def test_new_sites_come_with_their_organisation_their_engagement_and_one_trace(alice):
    rows = [row(11), row(11, 2, etablissementSiege="false", denominationUsuelleEtablissement="DEPOT FICTIF")]
    imported(alice, rows)
    sites = Establishment.objects.filter(demarche=alice.a, organisation__siren=siren(11))
    assert sites.count() == 2
    assert Organisation.objects.get(demarche=alice.a, siren=siren(11)).name == "FABRIQUE FICTIVE 11"
    assert list(Engagement.objects.filter(establishment__in=sites).values_list("stage", flat=True)) == ["to_contact"] * 2
    site = sites.get(siret=siret(11))
    assert (site.naf_id, site.headcount_id, site.commune_id, site.source) == ("10.81Z", "12", "51043", "sirene")
    assert (site.address, site.position_source, site.folded_name) == ("4 RUE DE L EXEMPLE", "commune", "fabrique fictive 11")
    assert AuditEntry.objects.filter(verb="sirene_import.imported").count() == 1


def test_running_it_twice_changes_nothing(alice):
    rows = [row(number) for number in range(11, 40)]
    first = imported(alice, rows)
    before = state_of(alice.a)
    second = imported(alice, rows)
    assert (first.counts["new"], second.counts["new"], second.counts["changed"], second.counts["unchanged"]) == (29, 0, 0, 29)
    assert state_of(alice.a) == before


def test_confirming_twice_is_confirming_once(alice):
    preview = previewed(alice, [row(11)])
    confirm_sirene_import(sirene_import=preview, actor=alice.alice)
    confirm_sirene_import(sirene_import=preview, actor=alice.alice)
    assert Establishment.objects.filter(demarche=alice.a, siret=siret(11)).count() == 1
    assert AuditEntry.objects.filter(verb="sirene_import.imported").count() == 1


def test_only_what_changed_is_written(alice):
    imported(alice, [row(11), row(12)])
    result = imported(alice, [row(11), row(12, denominationUsuelleEtablissement="NOUVEAU NOM")])
    assert (result.counts["changed"], result.counts["unchanged"]) == (1, 1)
    versions = dict(Establishment.objects.filter(source="sirene").values_list("siret", "version"))
    assert versions == {siret(11): 1, siret(12): 2}


def test_a_closed_site_is_closed_then_reopened(alice):
    imported(alice, [row(11)])
    closing = imported(alice, [row(11, etatAdministratifEtablissement="F", dateDebut="2026-06-30")])
    site = Establishment.objects.get(siret=siret(11))
    assert closing.counts["closing"] == 1
    assert str(site.closed_on) == "2026-06-30"
    again = imported(alice, [row(11, etatAdministratifEtablissement="F", dateDebut="2026-06-30")])
    assert again.counts["closing"] == 0
    assert imported(alice, [row(11)]).counts["changed"] == 1
    site.refresh_from_db()
    assert site.closed_on is None


def test_a_closed_site_that_nobody_knew_is_left_out(alice):
    imported(alice, [row(11, etatAdministratifEtablissement="F")])
    assert not Establishment.objects.filter(siret=siret(11)).exists()


def test_one_faulty_line_and_nothing_is_written(alice):
    rows = [row(number) for number in range(11, 60)]
    rows[20]["siret"] = "12"
    preview = previewed(alice, rows)
    assert preview.faults == [
        {"line": 22, "column": "siret", "found": "12", "expected": "un SIRET de 14 chiffres (il y en a 2)"}
    ]
    with pytest.raises(BusinessError, match="1\u00a0ligne est à corriger"):
        confirm_sirene_import(sirene_import=preview, actor=alice.alice)
    assert not Establishment.objects.filter(demarche=alice.a, source="sirene").exists()


def test_the_legal_name_names_a_site_without_sign_and_its_company(alice):
    rows = [row(11, denominationUsuelleEtablissement=""), row(12), row(13, denominationUsuelleEtablissement="")]
    names = Upload(
        units(
            {"siren": siren(11), "denominationUniteLegale": "SAS FICTIVE", "categorieJuridiqueUniteLegale": "5710"},
            {"siren": siren(12), "denominationUniteLegale": "SARL MODELE"},
        ),
        "names.csv",
    )
    imported(alice, rows, names_file=names)
    found = dict(Establishment.objects.filter(source="sirene").values_list("siret", "name"))
    assert found == {
        siret(11): "SAS FICTIVE",
        siret(12): "FABRIQUE FICTIVE 12",
        siret(13): f"Établissement {siret(13)[9:]} (Bazancourt)",
    }
    assert Establishment.objects.get(siret=siret(13)).name_is_fallback
    assert Organisation.objects.get(siren=siren(12)).name == "SARL MODELE"
    assert Organisation.objects.get(siren=siren(11)).legal_category == "5710"


def test_a_known_name_and_a_position_by_hand_outlive_a_file_without_them(alice):
    imported(alice, [row(11, denominationUsuelleEtablissement="")])
    Establishment.objects.filter(siret=siret(11)).update(
        name="Atelier Fictif",
        folded_name="atelier fictif",
        name_is_fallback=False,
        latitude=49.4,
        longitude=4.1,
        position_source="hand",
    )
    result = imported(alice, [row(11, denominationUsuelleEtablissement="")])
    site = Establishment.objects.get(siret=siret(11))
    assert (result.counts["changed"], site.name, site.latitude) == (0, "Atelier Fictif", 49.4)


def test_the_import_of_one_demarche_leaves_the_other_alone(alice):
    before = state_of(alice.b)
    imported(alice, [row(11), row(12)])
    assert state_of(alice.b) == before
    preview_b = preview_sirene_import(demarche=alice.b, actor=alice.chloe, file=Upload(written([row(11)])))
    confirm_sirene_import(sirene_import=preview_b, actor=alice.chloe)
    assert Establishment.objects.filter(siret=siret(11)).count() == 2


def test_a_new_preview_abandons_the_former_with_its_file(alice):
    first = previewed(alice, [row(11)])
    previewed(alice, [row(12)])
    first.refresh_from_db()
    assert (first.state, first.file) == ("abandoned", None)
    assert StoredFile.objects.filter(demarche=alice.a).count() == 1
    with pytest.raises(BusinessError, match="Un autre fichier"):
        confirm_sirene_import(sirene_import=first, actor=alice.alice)


def test_a_perimeter_without_commune_and_an_unknown_division_are_refused(alice):
    with pytest.raises(BusinessError, match="Division NAF inconnue"):
        previewed(alice, [row(11)], naf_divisions=["98765"])
    alice.a.communes.clear()
    with pytest.raises(BusinessError, match="périmètre de la démarche est vide"):
        previewed(alice, [row(11)])


def test_a_file_above_the_cap_is_refused(alice, settings):
    settings.UPLOAD_MAX_BYTES = 100
    with pytest.raises(BusinessError, match="import_sirene"):
        previewed(alice, [row(11)])


def test_an_unreadable_names_file_is_told_on_its_own_field(alice):
    with pytest.raises(BusinessError) as refusal:
        previewed(alice, [row(11)], names_file=Upload(b"a,b\n1,2\n", "names.csv"))
    assert refusal.value.field == "names_file"


def test_the_stream_imports_without_keeping_the_file_and_a_trial_writes_nothing(alice):
    trial = import_sirene_stream(
        demarche=alice.a, actor=None, stream=io.BytesIO(written([row(11)])), file_name="stock.csv", dry_run=True
    )
    assert (trial.pk, trial.counts["new"]) == (None, 1)
    assert not SireneImport.objects.exists()
    done = import_sirene_stream(demarche=alice.a, actor=None, stream=io.BytesIO(written([row(11)])), file_name="stock.csv")
    assert (done.state, done.file) == ("imported", None)


def test_the_command_imports_and_says_what_it_did_in_french(alice, tmp_path):
    path, names = tmp_path / "stock.csv.gz", tmp_path / "names.csv"
    path.write_bytes(written([row(11), row(12, activitePrincipaleEtablissement="35.11Z")], packed=True))
    names.write_bytes(units({"siren": siren(11), "denominationUniteLegale": "SAS FICTIVE"}))
    said = io.StringIO()
    call_command("import_sirene", str(path), demarche="demarche-a", names=names, naf="10", stdout=said)
    assert "gzip" in said.getvalue()
    assert "1  nouveaux" in said.getvalue()
    assert "Import terminé" in said.getvalue()
    assert Organisation.objects.get(siren=siren(11)).name == "SAS FICTIVE"


@pytest.mark.parametrize(
    ("name", "demarche", "message"),
    [
        ("absent.csv", "demarche-a", "Impossible de lire"),
        ("bad.csv", "demarche-a", "Rien n’est importé"),
        ("bad.csv", "demarche-z", "Aucune démarche"),
        ("not.csv", "demarche-a", "noms de colonnes"),
    ],
)
def test_the_command_refuses_in_french(alice, tmp_path, name, demarche, message):
    (tmp_path / "bad.csv").write_bytes(written([row(11, siret="1")]))
    (tmp_path / "not.csv").write_bytes(b"a,b\n")
    with pytest.raises(CommandError, match=message):
        call_command("import_sirene", str(tmp_path / name), demarche=demarche, stdout=io.StringIO())
    assert not Establishment.objects.filter(source="sirene").exists()


def test_the_nomenclatures_load_twice_into_the_same_rows(db):
    assert load() == load() == {"divisions NAF": 88, "codes NAF": 732, "tranches d’effectifs": 16}
