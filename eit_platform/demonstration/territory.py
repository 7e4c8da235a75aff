"""The regional network and its three démarches."""

from dataclasses import dataclass

from eit_platform.common.tables import rows
from eit_platform.demonstration.days import Days
from territories.models import Commune, Demarche, Network

DATA = "eit_platform/demonstration/data"
NETWORK = "grand-est"
FICTITIOUS = "suippe-et-aisne"
BAZANCOURT = "bazancourt-pomacle"
STRASBOURG = "port-de-strasbourg"
DOCUMENTARY_PERIMETERS = {BAZANCOURT: ("51043", "51439"), STRASBOURG: ("67482",)}


@dataclass(frozen=True, slots=True)
class Place:
    """A commune of the fictitious démarche, its share of the companies, its point in WGS84 degrees."""

    commune: Commune
    weight: int
    latitude: float
    longitude: float


def network() -> Network:
    """The network of the region, found or opened."""
    return Network.objects.get_or_create(slug=NETWORK, defaults={"name": "Réseau EIT Grand Est"})[0]


def documentary_demarches(region: Network) -> dict[str, Demarche]:
    """The two documented démarches: no date, no carrier, no target, since nothing is added to their sources."""
    names = {BAZANCOURT: "Bioraffinerie de Bazancourt-Pomacle", STRASBOURG: "Port autonome de Strasbourg (CLES)"}
    opened = {}
    for slug, name in names.items():
        demarche = Demarche.objects.create(
            slug=slug, name=name, network=region, is_documentary=True, default_confidentiality="public"
        )
        demarche.communes.set(Commune.objects.filter(pk__in=DOCUMENTARY_PERIMETERS[slug]))
        opened[slug] = demarche
    return opened


def fictitious_demarche(region: Network, days: Days) -> Demarche:
    """The démarche of the default accounts: real communes, invented companies."""
    demarche = Demarche.objects.create(
        slug=FICTITIOUS,
        name="Vallée de la Suippe et de l’Aisne (démonstration)",
        carrier="Communauté de communes Exemple",
        network=region,
        starts_on=days.start,
        ends_on=days.end,
        naf_divisions=["10", "11", "16", "17", "20", "22", "23", "25", "38", "52"],
        driving_actors_target=25,
        synergies_target=10,
        is_demonstration=True,
    )
    demarche.communes.set([place.commune for place in places()])
    return demarche


def places() -> list[Place]:
    """The communes of the perimeter; those too small for the shipped table bring their own point."""
    table = list(rows(f"{DATA}/perimeter.csv"))
    communes = Commune.objects.in_bulk([row["commune"] for row in table])
    found = []
    for row in table:
        commune = communes[row["commune"]]
        latitude = float(row["latitude"] or commune.latitude)
        longitude = float(row["longitude"] or commune.longitude)
        found.append(Place(commune, int(row["weight"]), latitude, longitude))
    return found
