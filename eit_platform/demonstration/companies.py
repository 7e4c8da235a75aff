"""The fictitious companies: their names, places, sizes, and how far each is engaged.

SIREN start with 000 and carry a right key, so that every check of the platform accepts them; no such number exists.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from stdnum import luhn

from actors.enums import EngagementStage, OrganisationKind, PositionSource, Source
from actors.models import Engagement, Establishment, Organisation
from eit_platform.common.tables import rows
from eit_platform.common.text import fold
from eit_platform.demonstration.days import Days
from eit_platform.demonstration.territory import DATA, Place
from territories.models import Demarche

FIRST_SIREN = 20_000  # the register's stand-in uses smaller ones
MARKS = {"m": ("Exemple", "Modèle", "Témoin", "Fictif", "Imaginaire", "Factice")}
MARKS["f"] = tuple(mark.replace("Fictif", "Fictive") for mark in MARKS["m"])
MARKS["mp"] = ("Exemple", "Modèle", "Témoin", "Fictifs", "Imaginaires", "Factices")
MARKS["fp"] = tuple(mark.replace("Fictifs", "Fictives") for mark in MARKS["mp"])
WHERE = ("", "", "", "de la Suippe", "de l’Aisne", "de la Retourne", "du Canal", "des Coteaux", "de la Plaine", "du Moulin")
STREETS = ("rue de l’Exemple", "rue du Modèle", "chemin Fictif", "avenue du Témoin", "zone d’activités Imaginaire")
STAGES = {EngagementStage.ENGAGED: 35, EngagementStage.MET: 46, EngagementStage.CONTACTED: 38, EngagementStage.REFUSED: 16}
REFUSALS = ("Pas de temps cette année", "Siège seul décideur", "Déchets gérés par le groupe", "Ne voit pas l’intérêt", "")
TWO_SITES = 12
NAMED_AHEAD = 25  # a named company is engaged so many days before its first exchange, or more


@dataclass(slots=True)
class Site:
    """An establishment with its engagement; `band` is the INSEE code of its headcount."""

    establishment: Establishment
    engagement: Engagement

    @property
    def naf(self) -> str:
        return self.establishment.naf_id

    @property
    def band(self) -> str:
        return self.establishment.headcount_id

    @property
    def name(self) -> str:
        return self.establishment.name

    @property
    def since(self) -> date | None:
        """First contact, when there was one."""
        return self.engagement.contacted_on


def build(demarche: Demarche, found: list[Place], days: Days, ages: dict[str, int]) -> list[Site]:
    """The sites of the démarche, unsaved; `ages` tells how many days ago each named company opened its first exchange."""
    random = Random("entreprises")
    by_commune = {place.commune.pk: place for place in found}
    sites = []
    for row in rows(f"{DATA}/named_companies.csv"):
        site = _site(demarche, random, len(sites), row["name"], row["naf"], row["band"], by_commune[row["commune"]])
        _set_position(site.establishment, by_commune[row["commune"]], random)
        _engage_named(site, random, days, ages.get(row["name"], 60), driving=row["driving"] == "1")
        sites.append(site)
    sites += _anonymous(demarche, random, found, {site.name for site in sites}, len(sites))
    sites += _second_sites(random, found, sites)
    others = [site for site in sites if site.engagement.stage == EngagementStage.TO_CONTACT]
    _engage_others(others, random, days)
    return sites


def save(sites: list[Site]) -> None:
    """Writes organisations, establishments and engagements."""
    # Sites of one company share one object, whose number tells it from the others before it has a key.
    organisations = {site.establishment.organisation.siren: site.establishment.organisation for site in sites}
    Organisation.objects.bulk_create(organisations.values(), batch_size=500)
    for site in sites:
        site.establishment.organisation_id = site.establishment.organisation.pk
    Establishment.objects.bulk_create([site.establishment for site in sites], batch_size=500)
    for site in sites:
        site.engagement.establishment_id = site.establishment.pk
    Engagement.objects.bulk_create([site.engagement for site in sites], batch_size=500)


def save_partners(demarche: Demarche) -> list[Organisation]:
    """Chambers, clubs and funders, fictitious too; the first ones bring companies in."""
    partners = [
        Organisation(
            demarche=demarche,
            name=row["name"],
            folded_name=fold(row["name"]),
            kind=OrganisationKind(row["kind"]),
            source=Source.DEMONSTRATION,
        )
        for row in rows(f"{DATA}/partner_organisations.csv")
    ]
    return Organisation.objects.bulk_create(partners)


def siren(rank: int) -> str:
    """The fictitious SIREN of that rank: 000, a number, and its key."""
    body = f"{FIRST_SIREN + rank:08d}"
    return body + luhn.calc_check_digit(body)


def siret(number: str, rank: int) -> str:
    """The SIRET of the site of that rank (1 and on) of a SIREN."""
    body = f"{number}{rank:04d}"
    return body + luhn.calc_check_digit(body)


def _organisation(demarche: Demarche, rank: int, name: str) -> Organisation:
    return Organisation(
        demarche=demarche,
        siren=siren(rank),
        name=name,
        folded_name=fold(name),
        legal_category="5710",
        source=Source.DEMONSTRATION,
    )


def _site(demarche, random: Random, rank: int, name: str, naf: str, band: str, place: Place, organisation=None) -> Site:
    owner = organisation or _organisation(demarche, rank, name)
    establishment = Establishment(
        demarche=demarche,
        organisation=owner,
        siret=siret(owner.siren, 2 if organisation else 1),
        name=name,
        folded_name=fold(name),
        address=f"{random.randint(1, 48)} {random.choice(STREETS)}",
        postal_code=place.commune.postal_codes[0],
        commune=place.commune,
        commune_label=place.commune.name,
        naf_id=naf,
        headcount_id=band,
        is_head_office=organisation is None,
        source=Source.DEMONSTRATION,
    )
    _place(establishment, place, random)
    return Site(establishment, Engagement(demarche=demarche, establishment=establishment))


def _place(establishment: Establishment, place: Place, random: Random) -> None:
    """Most sites have their own position, some only their commune's point, a few none."""
    drawn = random.random()
    if drawn < 0.86:
        _set_position(establishment, place, random)
    elif drawn < 0.97:
        establishment.latitude, establishment.longitude = place.latitude, place.longitude
        establishment.position_source = PositionSource.COMMUNE


def _set_position(establishment: Establishment, place: Place, random: Random) -> None:
    # About 1.3 km round the commune's point.
    establishment.latitude = round(place.latitude + random.gauss(0, 0.008), 5)
    establishment.longitude = round(place.longitude + random.gauss(0, 0.012), 5)
    establishment.position_source = PositionSource.HAND


def _anonymous(demarche, random: Random, found: list[Place], taken: set[str], rank: int) -> list[Site]:
    sites = []
    weights = [place.weight for place in found]
    for row in rows(f"{DATA}/sectors.csv"):
        for _number in range(int(row["count"])):
            name = _name(random, row["nouns"].split("|"), taken)
            place = random.choices(found, weights)[0]
            band = random.choice(row["bands"].split())
            sites.append(_site(demarche, random, rank + len(sites), name, row["naf"], band, place))
    return sites


def _name(random: Random, nouns: list[str], taken: set[str]) -> str:
    while True:
        noun, gender = random.choice(nouns).split(":")
        name = f"{noun} {random.choice(MARKS[gender])} {random.choice(WHERE)}".strip()
        if name not in taken:
            taken.add(name)
            return name


def _second_sites(random: Random, found: list[Place], sites: list[Site]) -> list[Site]:
    """Some companies have two sites: the second bears the name of its commune."""
    large = [site for site in sites if site.band in ("12", "21", "22") and site.engagement.stage == EngagementStage.TO_CONTACT]
    doubled = []
    for first in random.sample(large, TWO_SITES):
        here = first.establishment.commune_id
        place = random.choice([place for place in found if place.commune.pk != here])
        name = f"{first.name} – {place.commune.name}"
        owner = first.establishment.organisation
        doubled.append(_site(owner.demarche, random, 0, name, first.naf, "03", place, organisation=owner))
    return doubled


def _engage_named(site: Site, random: Random, days: Days, age: int, *, driving: bool) -> None:
    row = site.engagement
    engaged = days.ago(min(age + NAMED_AHEAD + random.randint(0, 40), (days.today - days.start).days - 10))
    row.stage = EngagementStage.ENGAGED
    row.engaged_on = engaged
    row.met_on = max(days.start, engaged - timedelta(days=random.randint(10, 45)))
    row.contacted_on = max(days.start, row.met_on - timedelta(days=random.randint(7, 40)))
    if driving:
        row.driving_since = days.between(random, engaged, days.ago(20))


def _engage_others(sites: list[Site], random: Random, days: Days) -> None:
    """Larger sites were approached first."""
    size = {"00": 1, "01": 1, "02": 3, "03": 6, "11": 12, "12": 20, "21": 26, "22": 30}
    order = sorted(sites, key=lambda site: random.random() ** (1 / size.get(site.band, 20)), reverse=True)
    stages = [stage for stage, count in STAGES.items() for _rank in range(count)]
    random.shuffle(stages)
    for site, stage in zip(order, stages, strict=False):
        row = site.engagement
        # More and more companies as the démarche is better known.
        share = random.random() ** 0.6
        span = (days.today - days.start).days
        row.stage = stage
        row.contacted_on = days.ago(max(4, round(span * (1 - share)) - 20))
        if stage in (EngagementStage.MET, EngagementStage.ENGAGED):
            row.met_on = min(days.ago(2), days.working(row.contacted_on + timedelta(days=random.randint(5, 60))))
        if stage == EngagementStage.ENGAGED:
            row.engaged_on = min(days.ago(1), days.working(row.met_on + timedelta(days=random.randint(7, 120))))
        if stage == EngagementStage.REFUSED:
            row.refused_on = min(days.ago(1), days.working(row.contacted_on + timedelta(days=random.randint(3, 50))))
            row.refusal_reason = random.choice(REFUSALS)
