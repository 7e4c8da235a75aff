"""Who answers at the fictitious companies, and what was said: contacts and interactions."""

from datetime import timedelta
from random import Random

from actors.enums import EngagementStage, InteractionKind, LegalBasis
from actors.models import Contact, Interaction
from eit_platform.common.tables import rows
from eit_platform.common.text import slug
from eit_platform.demonstration.companies import Site
from eit_platform.demonstration.days import Days
from eit_platform.demonstration.territory import DATA
from territories.models import Demarche

LAST_NAMES = ("Exemple", "Modèle", "Témoin", "Fictif", "Imaginaire", "Factice", "Inventé", "Présumé", "Supposé", "Anonyme")
JOBS = {
    "small": ("Gérance", "Exploitation", "Codirection"),
    "large": ("Direction de site", "Responsable QSE", "Responsable maintenance", "Achats", "Direction industrielle", "Énergie"),
}
NOTES = {
    InteractionKind.CALL: (
        "Premier échange : accepte une visite, préfère le mardi.",
        "Rappelé : la personne des achats doit donner son accord.",
        "Confirme les quantités de l’an passé, à un dixième près.",
        "Absent, message laissé. Rappeler en fin de semaine.",
    ),
    InteractionKind.VISIT: (
        "Tour de l’atelier. Les bennes sont mélangées, un tri simple donnerait deux flux propres.",
        "Visite de deux heures. Rejets tièdes toute l’année, jamais mesurés.",
        "Visite avec la maintenance. Stockage possible sous auvent, 40 m².",
        "Intérêt net pour les achats groupés ; prudence sur le partage de données.",
    ),
    InteractionKind.MAIL: (
        "Présentation de la démarche envoyée.",
        "Envoi du questionnaire et de l’exemple rempli.",
        "Réponse reçue : deux flux à préciser.",
    ),
    InteractionKind.MEETING: (
        "Réunion à trois avec le repreneur. Essai d’un mois décidé.",
        "Point sur les analyses. Le laboratoire répond sous quinze jours.",
        "Signature de la charte d’engagement.",
    ),
    InteractionKind.EVENT: ("Présent à l’atelier, quatre cartes remplies.", "Présent à la matinée du club."),
}
NEXT_STEPS = (
    "Fixer la visite du site",
    "Relire la fiche de flux avec l’exploitation",
    "Envoyer la charte d’engagement",
    "Rappeler après l’inventaire",
    "Présenter l’achat groupé d’électricité",
)
DUE_IN_DAYS = (-5, -2, 1, 2, 4, 6, 12, 15, 20, 26, 33, 40)
LARGE = ("12", "21", "22", "31")
PREPARED = 30  # sites not yet approached whose contact is known


def build(demarche: Demarche, sites: list[Site], days: Days, people: dict) -> tuple[list[Contact], list[Interaction]]:
    """Contacts and interactions, unsaved; plans the next steps of the mobilisation on the engagements."""
    random = Random("personnes")
    first_names = [row["first_name"] for row in rows(f"{DATA}/first_names.csv")]
    untouched = [site for site in sites if site.since is None]
    known = [site for site in sites if site.since] + random.sample(untouched, PREPARED)
    contacts, interactions = [], []
    for site in known:
        mine = [
            _contact(demarche, site, random.choice(first_names), random, rank)
            for rank in range(2 if site.band in LARGE and random.random() < 0.5 else 1)
        ]
        contacts += mine
        if site.since:
            interactions += _interactions(demarche, site, mine, random, days, people)
    waiting = [site for site in sites if site.engagement.stage in (EngagementStage.CONTACTED, EngagementStage.MET)]
    for site, due in zip(random.sample(waiting, len(DUE_IN_DAYS)), DUE_IN_DAYS, strict=True):
        site.engagement.next_step = random.choice(NEXT_STEPS)
        site.engagement.next_step_owner = random.choice([people["manager"], people["manager"], people["colleague"]])
        site.engagement.next_step_due = days.ahead(due) if due > 0 else days.ago(-due)
    interactions.sort(key=lambda row: row.happened_on)
    return contacts, interactions


def save(contacts: list[Contact], interactions: list[Interaction]) -> None:
    """Writes the contacts of establishments already saved, then what was said to them."""
    for contact in contacts:
        contact.establishment_id = contact.establishment.pk
        contact.organisation_id = contact.organisation.pk
    Contact.objects.bulk_create(contacts, batch_size=500)
    for interaction in interactions:
        interaction.establishment_id = interaction.establishment.pk
        interaction.contact_id = interaction.contact.pk
    Interaction.objects.bulk_create(interactions, batch_size=500)


def _contact(demarche: Demarche, site: Site, first: str, random: Random, rank: int) -> Contact:
    last = random.choice(LAST_NAMES)
    asked = site.engagement.stage == EngagementStage.ENGAGED
    return Contact(
        demarche=demarche,
        organisation=site.establishment.organisation,
        establishment=site.establishment,
        first_name=first,
        last_name=last,
        job_title=random.choice(JOBS["large" if site.band in LARGE else "small"]),
        email=f"{slug(first)}.{slug(last)}{rank or ''}@{slug(site.establishment.organisation.name)}.example",
        # Numbers that the French regulator keeps for fiction.
        phone=f"03 53 01 {random.randint(0, 99):02d} {random.randint(0, 99):02d}",
        legal_basis=LegalBasis.CONSENT if asked else LegalBasis.PUBLIC_TASK,
        consent_on=site.engagement.engaged_on if asked else None,
        consent_origin="Charte d’engagement signée" if asked else "",
    )


def _interactions(demarche, site: Site, contacts: list[Contact], random: Random, days: Days, people: dict) -> list[Interaction]:
    row = site.engagement
    last = row.refused_on or days.ago(1)
    planned = [(InteractionKind.MAIL, row.contacted_on), (InteractionKind.CALL, row.contacted_on + timedelta(days=4))]
    if row.met_on:
        planned.append((InteractionKind.VISIT, row.met_on))
    if row.engaged_on:
        planned.append((InteractionKind.MEETING, row.engaged_on))
    for _rank in range(random.randint(0, 4) if row.met_on else random.randint(0, 1)):
        planned.append((random.choice(list(NOTES)), days.between(random, row.contacted_on, last)))
    return [
        Interaction(
            demarche=demarche,
            establishment=site.establishment,
            contact=random.choice(contacts),
            kind=kind,
            happened_on=min(days.working(on, floor=row.contacted_on), last),
            notes=random.choice(NOTES[kind]),
            author=random.choice([people["manager"], people["manager"], people["colleague"]]),
        )
        for kind, on in planned
    ]
