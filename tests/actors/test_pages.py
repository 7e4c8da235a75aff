"""Pages of the actors: who may open them, what they show, what they refuse."""

import datetime
import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actors.models import Contact, Engagement, Establishment, Interaction, SireneImport
from actors.reference import load
from actors.services.mobilisation import set_driving
from eit_platform.local_services.register_stub import serving
from operations.models import AuditEntry
from reporting.queries import mobilisation
from tests.actors.sirene_files import row, siret, written
from tests.cast import establishment

TODAY = datetime.date.today


@pytest.fixture
def scene(cast):
    load()
    Contact.objects.create(
        demarche=cast.a, organisation=cast.bakery.organisation, establishment=cast.bakery, last_name="Exemple", email="x@e.test"
    )
    return cast


def url(name, *args, slug="demarche-a"):
    return reverse(f"actors:{name}", args=[slug, *args])


PAGES = ["list", "export", "add", "import", "detail", "change", "engagement", "driving", "interaction_add", "contact_add"]
OPEN = {
    "alice": set(PAGES),
    "gaelle": set(PAGES) - {"import"},
    "denis": {"list", "detail"},
    "edith": {"list", "detail"},
    "bob": {"detail"},
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("person", OPEN)
def test_each_role_opens_its_pages_and_no_other(scene, sign_in, person, page):
    args = [] if page in ("list", "export", "add", "import") else [scene.bakery.uuid]
    answer = sign_in(scene.people[person]).get(url(page, *args))
    assert answer.status_code == (200 if page in OPEN[person] else 403)


@pytest.mark.parametrize("person", ["chloe", "farid", "omar"])
@pytest.mark.parametrize("page", PAGES)
def test_somebody_of_elsewhere_finds_nothing(scene, sign_in, person, page):
    args = [] if page in ("list", "export", "add", "import") else [scene.bakery.uuid]
    assert sign_in(scene.people[person]).get(url(page, *args)).status_code == 404


def test_anonymous_is_led_to_the_sign_in(scene, client):
    assert client.get(url("list")).status_code == 302


def test_a_company_opens_its_own_site_only(scene, sign_in):
    client = sign_in(scene.bob)
    assert client.get(url("detail", scene.brewery.uuid)).status_code == 404
    page = client.get(url("detail", scene.bakery.uuid)).content.decode()
    assert "Exemple" in page
    assert "Mobilisation" not in page
    assert "Noter un échange" not in page


def test_a_partner_sees_neither_people_nor_working_notes(scene, sign_in):
    Establishment.objects.filter(pk=scene.bakery.pk).update(notes="Note canari")
    page = sign_in(scene.edith).get(url("detail", scene.bakery.uuid)).content.decode()
    assert "x@e.test" not in page
    assert "canari" not in page
    assert "Mobilisation" not in page
    listing = sign_in(scene.edith).get(url("list") + "?stage=to_contact&driving=yes").content.decode()
    assert "Étape" not in listing
    assert "Boulangerie Fictive" in listing


def test_a_site_of_another_demarche_is_not_found_under_this_one(scene, sign_in):
    assert sign_in(scene.alice).get(url("detail", scene.elsewhere.uuid)).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=boulang", {"Boulangerie Fictive"}),
        ("q=ÉLEVAGE", {"Élevage Modèle"}),
        ("q=000 000 002", {"Brasserie Exemple"}),
        ("q=bazan", {"Boulangerie Fictive", "Brasserie Exemple", "Élevage Modèle"}),
        ("q=introuvable", set()),
        ("q=%25", set()),
        ("q=%00", {"Boulangerie Fictive", "Brasserie Exemple", "Élevage Modèle"}),
        ("stage=met", {"Brasserie Exemple"}),
        ("stage=nothing", {"Boulangerie Fictive", "Brasserie Exemple", "Élevage Modèle"}),
        ("driving=yes", {"Élevage Modèle"}),
        ("division=11", {"Brasserie Exemple"}),
        ("place=epci:200067213", {"Boulangerie Fictive", "Brasserie Exemple", "Élevage Modèle"}),
        ("place=commune:67482", set()),
        ("page=broken", {"Boulangerie Fictive", "Brasserie Exemple", "Élevage Modèle"}),
    ],
)
def test_search_and_filters(scene, sign_in, query, found):
    Establishment.objects.filter(pk=scene.brewery.pk).update(naf_id="11.05Z")
    Engagement.objects.filter(establishment=scene.brewery).update(stage="met", met_on=TODAY())
    Engagement.objects.filter(establishment=scene.farm).update(driving_since=TODAY())
    page = sign_in(scene.alice).get(f"{url('list')}?{query}").content.decode()
    shown = set(re.findall(r'scope="row" class="table__lead"><a href="[^"]+">([^<]+)</a>', page))
    assert shown == found


def test_htmx_gets_the_results_alone(scene, sign_in):
    page = sign_in(scene.alice).get(url("list") + "?q=bou", headers={"HX-Request": "true"}).content.decode()
    assert "Boulangerie Fictive" in page
    assert "<html" not in page


def test_the_directory_costs_the_same_with_2_and_with_50_rows(scene, sign_in):
    client = sign_in(scene.alice)
    client.get(url("list"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url("list") + "?q=i")
    for number in range(60):
        establishment(scene.a, f"Fabrique fictive {number:03}", siret=siret(100 + number), commune=scene.bakery.commune)
    with CaptureQueriesContext(connection) as many:
        page = client.get(url("list") + "?q=i").content.decode()
    assert page.count('class="table__lead"') == 50
    assert len(many) == len(few) <= 12


def test_pages_follow_one_another_by_name(scene, sign_in):
    for number in range(60):
        establishment(scene.a, f"Fabrique fictive {number:03}", siret=siret(100 + number))
    client = sign_in(scene.alice)
    first = client.get(url("list") + "?q=fabrique").content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = client.get(url("list") + following).content.decode()
    assert "Fabrique fictive 049" in first
    assert second.count('class="table__lead"') == 10
    assert "Fabrique fictive 059" in second


def test_an_empty_directory_says_what_to_do(scene, sign_in):
    Establishment.objects.filter(demarche=scene.a).update(archived_at=datetime.datetime.now(datetime.UTC))
    page = sign_in(scene.alice).get(url("list")).content.decode()
    assert "Importer un fichier Sirene" in page
    assert "Aucun acteur pour l’instant" in page


def test_a_sheet_stays_within_its_queries(scene, sign_in, django_assert_max_num_queries):
    client = sign_in(scene.alice)
    client.get(url("list"))  # the first page of a visit also writes when the person was last seen
    with django_assert_max_num_queries(12):
        page = client.get(url("detail", scene.bakery.uuid)).content.decode()
    assert "point de la commune" in page


def test_a_fallback_name_and_a_partial_diffusion_are_said(scene, sign_in):
    Establishment.objects.filter(pk=scene.bakery.pk).update(
        name_is_fallback=True, diffusion="partial", latitude=None, longitude=None, position_source="unknown"
    )
    page = sign_in(scene.alice).get(url("detail", scene.bakery.uuid)).content.decode()
    for words in ("celui-ci est provisoire", "Diffusion partielle", "aucune distance ne peut être calculée"):
        assert words in page


def test_the_export_is_safe_to_open_in_a_spreadsheet(scene, sign_in):
    Establishment.objects.filter(pk=scene.bakery.pk).update(name="=1+1", folded_name="=1+1")
    answer = sign_in(scene.alice).get(url("export") + "?q=1%2B1")
    text = answer.content.decode("utf-8-sig")
    assert answer["Content-Disposition"] == 'attachment; filename="acteurs-demarche-a.csv"'
    assert "'=1+1;" in text
    assert len(text.splitlines()) == 2


# --- Import -----------------------------------------------------------------------------------------------------------
def upload(rows, name="stock.csv"):
    return SimpleUploadedFile(name, written(rows, separator=";", encoding="cp1252"), content_type="text/csv")


def test_a_file_is_previewed_then_imported_then_brings_nothing_new(scene, sign_in):
    client = sign_in(scene.alice)
    sent = {"file": upload([row(11, denominationUsuelleEtablissement="Élevage"), row(12)]), "naf_divisions": ["10"]}
    preview = client.post(url("import"), sent, follow=True)
    page = preview.content.decode()
    assert "Voici ce que l’import changerait" in page
    assert "Windows (cp1252)" in page
    assert "point-virgule" in page
    assert not Establishment.objects.filter(source="sirene").exists()
    confirm = url("import_confirm", SireneImport.objects.get().uuid)
    done = client.post(confirm, follow=True)
    assert "Le fichier est importé" in done.content.decode()
    assert client.post(confirm).status_code == 302
    assert Establishment.objects.filter(source="sirene").count() == 2
    sent["file"].seek(0)
    again = client.post(url("import"), sent, follow=True)
    assert "n’apporte rien de nouveau" in again.content.decode()


def test_the_import_remembers_the_last_divisions(scene, sign_in):
    client = sign_in(scene.alice)
    client.post(url("import"), {"file": upload([row(11)]), "naf_divisions": ["10", "35"]})
    page = client.get(url("import")).content.decode()
    assert re.search(r'value="35" checked', page)


def test_faulty_lines_are_shown_and_not_imported(scene, sign_in):
    client = sign_in(scene.alice)
    page = client.post(url("import"), {"file": upload([row(11), row(12, siret="123")])}, follow=True).content.decode()
    assert "1 ligne à corriger" in page.replace("\u202f", " ")
    assert "un SIRET de 14 chiffres (il y en a 3)" in page
    assert "btn--l" not in page
    refused = client.post(url("import_confirm", SireneImport.objects.get().uuid))
    assert refused.status_code == 422
    assert "Rien n’est importé" in refused.content.decode()
    assert not Establishment.objects.filter(source="sirene").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04rest", "classeur"),
        (b"", "vide"),
        (written([row(1)], separator="|"), "Séparateur non reconnu"),
        (b"\x00\x01\x02\x03", "noms de colonnes"),
    ],
)
def test_a_file_that_is_no_table_is_refused_on_its_field(scene, sign_in, content, message):
    answer = sign_in(scene.alice).post(url("import"), {"file": SimpleUploadedFile("x.csv", content)})
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not SireneImport.objects.exists()


def test_a_file_above_the_cap_is_refused(scene, sign_in, settings):
    settings.UPLOAD_MAX_BYTES = 10
    answer = sign_in(scene.alice).post(url("import"), {"file": upload([row(11)])})
    assert answer.status_code == 422


def test_the_import_of_another_demarche_is_not_found(scene, sign_in):
    sign_in(scene.alice).post(url("import"), {"file": upload([row(11)])})
    sirene_import = SireneImport.objects.get()
    client = sign_in(scene.chloe)
    assert client.get(url("import_detail", sirene_import.uuid, slug="demarche-b")).status_code == 404
    assert client.post(url("import_confirm", sirene_import.uuid, slug="demarche-b")).status_code == 404


# --- One company by its SIRET ---------------------------------------------------------------------------------------------
@pytest.fixture
def register(settings):
    cache.clear()
    with serving() as address:
        settings.COMPANY_API_URL = address
        yield
    cache.clear()


def filled_form(page: str) -> dict:
    values = {}
    for tag in re.findall(r"<input[^>]+>", page.split('method="post"', 1)[1]):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value:
            values[name[1]] = value[1].replace("&quot;", '"')
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        values[name] = chosen[1] if chosen else ""
    return values


def test_the_form_fills_itself_from_the_siret_and_is_saved(scene, sign_in, register):
    client = sign_in(scene.alice)
    page = client.get(url("add") + f"?siret={siret(9001)}").content.decode()
    assert "Fiche remplie depuis l’annuaire" in page
    values = filled_form(page.split("<main", 1)[1])
    answer = client.post(url("add"), values)
    site = Establishment.objects.get(siret=siret(9001))
    assert answer["Location"] == url("detail", site.uuid)
    assert (site.name, site.naf_id, site.commune_id, site.headcount_id) == ("BISCUITERIE FICTIVE", "10.72Z", "51043", "12")
    assert (site.source, site.position_source, site.latitude) == ("register", "register", 49.3659)
    assert site.organisation.name == "BISCUITERIE FICTIVE DE LA SUIPPE"
    assert site.engagement.stage == "to_contact"


def test_htmx_gets_the_sheet_alone(scene, sign_in, register):
    page = sign_in(scene.alice).get(url("add") + f"?siret={siret(9001)}", headers={"HX-Request": "true"}).content.decode()
    assert "BISCUITERIE FICTIVE" in page
    assert "<html" not in page


@pytest.mark.parametrize(
    ("typed", "message"),
    [("123", "il y en a 3"), ("00000000100014", "clé de contrôle"), ("abcdefghijklmn", "seulement de chiffres")],
)
def test_a_bad_siret_says_what_is_wrong(scene, sign_in, register, typed, message):
    client = sign_in(scene.alice)
    assert message in client.get(url("add") + f"?siret={typed}").content.decode()
    answer = client.post(url("add"), {"siret": typed, "name": "Fabrique"})
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert 'value="Fabrique"' in answer.content.decode()


def test_the_form_stays_usable_when_the_service_is_down(scene, sign_in, settings):
    cache.clear()
    settings.COMPANY_API_URL = "http://127.0.0.1:9"
    client = sign_in(scene.alice)
    page = client.get(url("add") + f"?siret={siret(9001)}").content.decode()
    assert "ne répond pas" in page
    assert siret(9001) in filled_form(page.split("<main", 1)[1])["siret"]
    client.post(url("add"), {"siret": siret(9001), "name": "Biscuiterie à la main"})
    assert Establishment.objects.get(siret=siret(9001)).source == "hand"


def test_a_known_siret_is_refused_and_named(scene, sign_in, register):
    client = sign_in(scene.alice)
    client.post(url("add"), {"siret": siret(9001), "name": "Biscuiterie"})
    answer = client.post(url("add"), {"siret": siret(9001), "name": "Encore"})
    assert "déjà dans la démarche : Biscuiterie" in answer.content.decode()
    assert "déjà dans la démarche" in client.get(url("add") + f"?siret={siret(9001)}").content.decode()


def test_the_same_form_sent_twice_adds_one_company(scene, sign_in):
    client = sign_in(scene.alice)
    for _sending in range(2):
        client.post(url("add"), {"name": "Atelier sans SIRET", "idempotency_key": "k" * 32})
    assert Establishment.objects.filter(name="Atelier sans SIRET").count() == 1


# --- Changes ------------------------------------------------------------------------------------------------------------
def test_a_sheet_is_corrected(scene, sign_in):
    Establishment.objects.filter(pk=scene.bakery.pk).update(name_is_fallback=True)
    values = {
        "name": "Boulangerie Corrigée",
        "naf": "1071C",
        "commune": "51043",
        "version": 1,
        "latitude": "49,5",
        "longitude": "4.1",
    }
    answer = sign_in(scene.alice).post(url("change", scene.bakery.uuid), values)
    scene.bakery.refresh_from_db()
    assert answer.status_code == 302
    assert (scene.bakery.name, scene.bakery.folded_name) == ("Boulangerie Corrigée", "boulangerie corrigee")
    assert (scene.bakery.naf_id, scene.bakery.name_is_fallback, scene.bakery.position_source) == ("10.71C", False, "hand")
    assert AuditEntry.objects.filter(verb="establishment.changed").count() == 1


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("naf", "boulanger", "un code d’activité"),
        ("naf", "99.99Z", "n’est pas dans la NAF"),
        ("name", "", "obligatoire"),
        ("latitude", "200", "90"),
        ("latitude", "", "une latitude et une longitude"),
    ],
)
def test_a_wrong_value_is_refused_on_its_field_and_nothing_is_lost(scene, sign_in, field, value, message):
    values = {"name": "Nouveau nom", "latitude": "49", "longitude": "4", "version": 1} | {field: value}
    answer = sign_in(scene.alice).post(url("change", scene.bakery.uuid), values)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    scene.bakery.refresh_from_db()
    assert scene.bakery.name == "Boulangerie Fictive"


def test_two_people_on_one_sheet_both_versions_are_shown(scene, sign_in):
    client = sign_in(scene.alice)
    client.post(url("change", scene.bakery.uuid), {"name": "Version d’Alice", "version": 1})
    answer = client.post(url("change", scene.bakery.uuid), {"name": "Autre version", "version": 1})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Version d’Alice" in page
    assert "Autre version" in page
    assert 'name="version" value="2"' in page
    scene.bakery.refresh_from_db()
    assert scene.bakery.name == "Version d’Alice"


def test_an_establishment_moves_from_stage_to_stage(scene, sign_in):
    client = sign_in(scene.gaelle)
    client.post(url("engagement", scene.bakery.uuid), {"stage": "met", "on": "2026-01-15", "version": 1, "next_step": "Visite"})
    row = Engagement.objects.get(establishment=scene.bakery)
    assert (row.stage, str(row.met_on), row.next_step) == ("met", "2026-01-15", "Visite")
    assert "rencontré" in client.get(url("detail", scene.bakery.uuid)).content.decode()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"stage": "refused", "on": "2026-01-15"}, "pourquoi"),
        ({"stage": "met", "on": "2999-01-01"}, "futur"),
        ({"stage": "nowhere", "on": "2026-01-15"}, "choix valide"),
    ],
)
def test_a_wrong_move_is_refused(scene, sign_in, values, message):
    answer = sign_in(scene.alice).post(url("engagement", scene.bakery.uuid), values | {"version": 1})
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert Engagement.objects.get(establishment=scene.bakery).stage == "to_contact"


def test_an_acteur_moteur_is_flagged_from_a_day_to_another(scene, sign_in):
    client = sign_in(scene.alice)
    client.post(url("driving", scene.bakery.uuid), {"driving_since": "2026-01-15", "version": 1})
    assert "acteur moteur" in client.get(url("list")).content.decode()
    refused = client.post(
        url("driving", scene.bakery.uuid), {"driving_since": "2026-01-15", "driving_until": "2025-01-01", "version": 2}
    )
    assert "La fin vient après le début" in refused.content.decode()
    row = Engagement.objects.get(establishment=scene.bakery)
    set_driving(engagement=row, actor=scene.alice, version=2, since=None)
    row.refresh_from_db()
    assert row.driving_since is None


def test_an_exchange_is_noted_with_somebody_of_the_company(scene, sign_in):
    client, contact = sign_in(scene.alice), Contact.objects.get()
    values = {"kind": "visit", "happened_on": "2026-01-15", "contact": str(contact.uuid), "notes": "Chaleur perdue au four."}
    client.post(url("interaction_add", scene.bakery.uuid), values)
    page = client.get(url("detail", scene.bakery.uuid)).content.decode()
    assert "Chaleur perdue au four." in page
    refused = client.post(url("interaction_add", scene.brewery.uuid), values)
    assert refused.status_code == 422
    assert Interaction.objects.count() == 1


def test_a_contact_keeps_the_record_of_consent(scene, sign_in):
    client = sign_in(scene.alice)
    person = {"first_name": "Camille", "last_name": "Modèle", "email": "c@e.test", "legal_basis": "consent"}
    refused = client.post(url("contact_add", scene.bakery.uuid), person)
    assert "le jour où la personne a consenti" in refused.content.decode()
    person |= {"consent_on": "2026-01-15", "consent_origin": "Atelier"}
    client.post(url("contact_add", scene.bakery.uuid), person)
    contact = Contact.objects.get(last_name="Modèle")
    assert (str(contact.consent_on), contact.organisation_id) == ("2026-01-15", scene.bakery.organisation_id)
    client.post(url("contact_change", scene.bakery.uuid, contact.uuid), person | {"phone": "03 00 00 00 00", "version": 1})
    contact.refresh_from_db()
    assert (contact.phone, contact.version) == ("03 00 00 00 00", 2)
    client.post(url("contact_archive", scene.bakery.uuid, contact.uuid), {"version": 2})
    assert "c@e.test" not in client.get(url("detail", scene.bakery.uuid)).content.decode()


def test_a_contact_of_nobody_is_refused(scene, sign_in):
    answer = sign_in(scene.alice).post(url("contact_add", scene.bakery.uuid), {"legal_basis": "public_task", "phone": "03"})
    assert "au moins un nom" in answer.content.decode()


@pytest.mark.parametrize("page", ["engagement", "driving", "interaction_add", "contact_add", "change"])
def test_a_reader_changes_nothing(scene, sign_in, page):
    for person in (scene.denis, scene.edith, scene.bob):
        assert sign_in(person).post(url(page, scene.bakery.uuid), {"version": 1}).status_code == 403


@pytest.mark.parametrize(("since", "until", "is_driving"), [(0, None, True), (-9, 1, True), (-9, 0, False), (1, None, False)])
def test_an_acteur_moteur_is_one_from_its_first_day_to_its_last(scene, sign_in, since, until, is_driving):
    """The directory and its export count those of the dashboard, an end to come included."""
    days = {"driving_since": since, "driving_until": until}
    dates = {name: None if days[name] is None else TODAY() + datetime.timedelta(days=days[name]) for name in days}
    Engagement.objects.update(driving_since=None)
    Engagement.objects.filter(establishment=scene.farm).update(**dates)
    client = sign_in(scene.alice)
    assert (scene.farm.name in client.get(url("list") + "?driving=yes").content.decode()) is is_driving
    assert mobilisation(user=None, demarche=scene.a, on=TODAY()).driving == int(is_driving)
    assert Engagement.objects.get(establishment=scene.farm).is_driving is is_driving
