"""The dashboard of a documentary démarche counts what its sources say and concludes nothing from it."""

import pytest
from django.urls import reverse

from tests.reporting import factories

pytestmark = pytest.mark.django_db


def test_it_has_no_verdict_on_mobilisation_nor_on_the_passage_from_stage_to_stage(cast, sign_in):
    factories.populate(cast.a)
    page = sign_in(cast.gaelle)
    address = reverse("reporting:dashboard", args=["demarche-a"])
    assert "passent à l’étape suivante" in page.get(address).content.decode()
    type(cast.a).objects.filter(pk=cast.a.pk).update(is_documentary=True)
    told = page.get(address).content.decode()
    assert "Ce que disent les sources" in told
    for overstated in ("passent à l’étape suivante", "trajectoire", "Où en sont les établissements", "Produire le rapport"):
        assert overstated not in told
