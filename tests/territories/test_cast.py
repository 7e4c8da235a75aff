"""The people of the tests are who they say they are."""

from territories.models import Demarche


def test_each_person_sees_the_demarches_they_belong_to(cast):
    seen = {name: set(Demarche.objects.visible_to(user).values_list("slug", flat=True)) for name, user in cast.people.items()}
    assert seen == {
        "alice": {"demarche-a"},
        "bob": {"demarche-a"},
        "chloe": {"demarche-b"},
        "denis": {"demarche-a"},
        "edith": {"demarche-a"},
        "gaelle": {"demarche-a"},
        "farid": set(),
        "omar": set(),
    }
    assert set(Demarche.objects.in_network_of(cast.farid).values_list("slug", flat=True)) == {"demarche-a", "demarche-b"}
