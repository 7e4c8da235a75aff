"""One company by SIRET, from the public register: a loopback server answers in its shape."""

import json

import pytest
from django.core.cache import cache

from actors.register import RegisterBusy, RegisterUnavailable, SiretNotFound, SiretRefused, checked_siret, look_up
from eit_platform.local_services.register_stub import Behaviour, answer, serving
from tests.actors.sirene_files import siren, siret

BISCUITS, CARTON, HIDDEN = siret(9001), siret(9002, 2), siret(9004)


@pytest.fixture(autouse=True)
def no_memory_of_a_busy_service():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def register(settings):
    """`register(Behaviour(...))` starts the stub so that it answers as told."""
    running = []

    def start(behaviour=None):
        server = serving(behaviour)
        settings.COMPANY_API_URL = server.__enter__()
        running.append(server)

    yield start
    for server in running:
        server.__exit__(None, None, None)


def test_a_single_siret_gives_its_sheet(register):
    behaviour = Behaviour()
    register(behaviour)
    entry = look_up(BISCUITS)
    assert (entry.name, entry.legal_name) == ("BISCUITERIE FICTIVE", "BISCUITERIE FICTIVE DE LA SUIPPE")
    assert (entry.address, entry.postal_code, entry.commune_code) == ("4 RUE DE L EXEMPLE", "51110", "51043")
    assert (entry.naf, entry.naf_2025, entry.headcount, entry.headcount_year) == ("10.72Z", "10.72Y", "12", 2023)
    assert (entry.latitude, entry.longitude, entry.is_head_office) == (49.3659, 4.1722, True)
    assert behaviour.seen[0]["user_agent"].startswith("Boucles")
    assert f"q={BISCUITS}" in behaviour.seen[0]["path"]


def test_of_a_company_with_many_sites_the_one_asked_for_is_taken(register):
    register()
    entry = look_up(CARTON)
    assert (entry.name, entry.commune_label, entry.is_head_office) == ("MODELE CARTON POMACLE", "POMACLE", False)


def test_names_of_directors_are_not_kept(register):
    register()
    assert "FICTIF" in json.dumps(answer(BISCUITS)["results"][0]["dirigeants"])
    assert "DOMINIQUE" not in repr(look_up(BISCUITS))


def test_what_the_register_hides_stays_unknown(register):
    register()
    entry = look_up(HIDDEN)
    assert (entry.name, entry.address, entry.latitude, entry.is_diffusible) == ("", "", None, False)


def test_a_closed_site_says_since_when(register):
    register()
    entry = look_up(siret(9002, 4))
    assert (entry.is_open, str(entry.closed_on)) == (False, "2022-12-31")


def test_an_unknown_siret_is_not_found(register):
    register()
    with pytest.raises(SiretNotFound, match="ne le connaît pas"):
        look_up(siret(77))


@pytest.mark.parametrize(
    ("typed", "message"),
    [("", "14 chiffres"), ("12345", "il y en a 5"), ("0000090010001X", "seulement de chiffres"), ("00000000100015", "clé")],
)
def test_a_bad_siret_is_told_before_any_call(typed, message):
    with pytest.raises(SiretRefused, match=message) as refusal:
        checked_siret(typed)
    assert refusal.value.field == "siret"


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(status=500),
        Behaviour(status=302, headers={"Location": "http://127.0.0.1:9/search"}),
        Behaviour(body=b"<html>maintenance</html>"),
        Behaviour(body=b"[]"),
        Behaviour(body=b'{"erreur": "x"}'),
        Behaviour(body=b'{"results": [{"siege": {"siret": "%s", "liste_enseignes": 3}}]}' % BISCUITS.encode()),
        Behaviour(body=b" " * (2 * 1024 * 1024 + 1)),
    ],
    ids=["error", "redirection", "not json", "not an object", "no results", "other shape", "too large"],
)
def test_an_answer_of_another_kind_is_an_unavailable_service(register, behaviour):
    register(behaviour)
    with pytest.raises(RegisterUnavailable, match="à la main"):
        look_up(BISCUITS)
    assert len(behaviour.seen) == 1


def test_a_service_that_is_down_is_told(settings):
    settings.COMPANY_API_URL = "http://127.0.0.1:9"
    with pytest.raises(RegisterUnavailable):
        look_up(BISCUITS)


def test_a_slow_service_is_not_waited_for(register, settings):
    settings.COMPANY_API_TIMEOUT = 0.2
    register(Behaviour(delay=1.0))
    with pytest.raises(RegisterUnavailable):
        look_up(BISCUITS)


def test_a_short_pause_asked_by_the_service_is_taken_once(register):
    behaviour = Behaviour(status=429, headers={"Retry-After": "1"}, times=1)
    register(behaviour)
    assert look_up(BISCUITS).siren == siren(9001)
    assert len(behaviour.seen) == 2


def test_a_long_pause_is_told_and_the_service_is_left_alone_meanwhile(register):
    behaviour = Behaviour(status=429, headers={"Retry-After": "30"})
    register(behaviour)
    for _call in range(3):
        with pytest.raises(RegisterBusy) as refusal:
            look_up(BISCUITS)
    assert 28 <= refusal.value.retry_after <= 30
    assert len(behaviour.seen) == 1
