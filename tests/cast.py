"""The people every test knows, and the two démarches they work in.

Alice `manager` of démarche A, Bob `company` in A, Chloé `manager` of B, Denis `elected` of A, Édith `partner` of A,
Farid `network`, Gaëlle `colleague` of A, Omar `operator`; anonymous is nobody.
"""

import datetime
from dataclasses import dataclass, field

from actors.models import CompanyAccess, Engagement, Establishment, Organisation
from eit_platform.common.text import fold
from territories.enums import Role
from territories.models import Commune, Demarche, Department, Epci, Membership, Network, User

PASSWORD = "un-mot-de-passe-de-test"


@dataclass
class Cast:
    network: Network
    a: Demarche
    b: Demarche
    alice: User
    bob: User
    chloe: User
    denis: User
    edith: User
    farid: User
    gaelle: User
    omar: User
    bakery: Establishment
    brewery: Establishment
    farm: Establishment
    elsewhere: Establishment
    people: dict = field(default_factory=dict)


def person(email: str, first_name: str, last_name: str = "Test", **fields) -> User:
    user = User.objects.create_user(email, PASSWORD, first_name=first_name, last_name=last_name, **fields)
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def establishment(demarche, name: str, *, siret: str = "", commune=None, **fields) -> Establishment:
    """An establishment with its organisation and its engagement, as the services leave them."""
    organisation = Organisation.objects.create(
        demarche=demarche, name=name, folded_name=fold(name), siren=siret[:9], source="demonstration"
    )
    site = Establishment.objects.create(
        demarche=demarche,
        organisation=organisation,
        name=name,
        folded_name=fold(name),
        siret=siret,
        commune=commune,
        latitude=fields.pop("latitude", commune.latitude if commune else None),
        longitude=fields.pop("longitude", commune.longitude if commune else None),
        position_source=fields.pop("position_source", "commune" if commune else "unknown"),
        **fields,
    )
    Engagement.objects.create(demarche=demarche, establishment=site)
    return site


def assemble() -> Cast:
    network = Network.objects.create(slug="grand-est", name="Réseau EIT Grand Est")
    department, _ = Department.objects.get_or_create(code="51", defaults={"name": "Marne"})
    epci, _ = Epci.objects.get_or_create(siren="200067213", defaults={"name": "CU du Grand Reims", "kind": "CU"})
    bazancourt, _ = Commune.objects.get_or_create(
        code="51043",
        defaults={
            "name": "Bazancourt",
            "folded_name": "bazancourt",
            "postal_codes": ["51110"],
            "department": department,
            "epci": epci,
            "latitude": 49.3656,
            "longitude": 4.1717,
        },
    )
    a = Demarche.objects.create(slug="demarche-a", name="Démarche A", network=network, starts_on=datetime.date(2024, 1, 1))
    b = Demarche.objects.create(slug="demarche-b", name="Démarche B", network=network, starts_on=datetime.date(2024, 1, 1))
    a.communes.add(bazancourt)
    b.communes.add(bazancourt)
    alice = person("alice@exemple.test", "Alice")
    bob = person("bob@exemple.test", "Bob")
    chloe = person("chloe@exemple.test", "Chloé")
    denis = person("denis@exemple.test", "Denis")
    edith = person("edith@exemple.test", "Édith")
    farid = person("farid@exemple.test", "Farid")
    gaelle = person("gaelle@exemple.test", "Gaëlle")
    omar = person("omar@exemple.test", "Omar", is_operator=True)
    for user, demarche, role in (
        (alice, a, Role.MANAGER),
        (bob, a, Role.COMPANY),
        (chloe, b, Role.MANAGER),
        (denis, a, Role.ELECTED),
        (edith, a, Role.PARTNER),
        (gaelle, a, Role.COLLEAGUE),
    ):
        Membership.objects.create(user=user, demarche=demarche, role=role)
    Membership.objects.create(user=farid, network=network, role=Role.NETWORK)
    bakery = establishment(a, "Boulangerie Fictive", siret="00000000100015", commune=bazancourt)
    brewery = establishment(a, "Brasserie Exemple", siret="00000000200013", commune=bazancourt, latitude=49.38, longitude=4.2)
    farm = establishment(a, "Élevage Modèle", siret="00000000300011", commune=bazancourt, latitude=49.33, longitude=4.12)
    elsewhere = establishment(b, "Usine Témoin", siret="00000000400019", commune=bazancourt)
    CompanyAccess.objects.create(demarche=a, membership=bob.memberships.get(), establishment=bakery)
    return Cast(
        network,
        a,
        b,
        alice,
        bob,
        chloe,
        denis,
        edith,
        farid,
        gaelle,
        omar,
        bakery,
        brewery,
        farm,
        elsewhere,
        {
            "alice": alice,
            "bob": bob,
            "chloe": chloe,
            "denis": denis,
            "edith": edith,
            "farid": farid,
            "gaelle": gaelle,
            "omar": omar,
        },
    )
