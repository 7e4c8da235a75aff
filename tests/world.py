"""The same set of objects in démarche A and in démarche B, each confidential field holding a word found nowhere else.

Used by the tests that walk every address: who gets what (test_permissions), and what leaks (test_canaries).
"""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from actors.enums import InteractionKind
from actors.models import Contact, Engagement, Establishment, Interaction, SireneImport
from operations.audit import record
from operations.models import Job
from operations.numbering import next_number
from operations.services import queue_mail
from operations.storage import store_bytes
from reporting.enums import ReportState
from reporting.models import Indicator, Measurement, Report, Target
from synergies.enums import Direction, LeadKind, LeadState, Period, SynergyStage
from synergies.models import (
    AnswerDraft,
    Campaign,
    Flow,
    Impact,
    JournalEntry,
    JournalKind,
    Lead,
    LeadFlow,
    PersonalLink,
    Questionnaire,
    Resource,
    Synergy,
    SynergyParty,
)
from territories.authentication import token_hash
from territories.enums import Confidentiality
from territories.models import ApiToken, Demarche, Invitation, Membership, User
from tests.cast import establishment

DAY = datetime.date(2026, 3, 2)
MANAGER, TEAM, ELECTED_TOO = "manager", "team", "elected too"


@dataclass(frozen=True)
class Canary:
    """A word or a number (digits, without spaces) that only some may read: `manager`, `team`, or the élu(e) too."""

    where: str
    text: str
    readers: str


@dataclass
class Furnished:
    """The objects of one démarche by name, and the canaries hidden in them."""

    demarche: Demarche
    objects: dict[str, object] = field(default_factory=dict)
    canaries: list[Canary] = field(default_factory=list)

    def hide(self, where: str, readers: str) -> str:
        """A new word for that field, remembered with who may read it."""
        word = f"Zq{self.demarche.slug[-1]}{where.title().replace(' ', '')}"
        self.canaries.append(Canary(where, word, readers))
        return word

    def hide_number(self, where: str, number: str, readers: str) -> Decimal:
        self.canaries.append(Canary(where, number, readers))
        return Decimal(number)

    def uuid(self, name: str) -> str:
        return str(self.objects[name].uuid)


def furnish(demarche: Demarche, manager: User, offerer: Establishment, needer: Establishment, seed: int) -> Furnished:
    """One object of each kind in `demarche`; `seed` (1 to 8) keeps the numbers of two démarches apart."""
    world = Furnished(demarche)
    _company_side(world, manager, offerer)
    _flows(world, manager, offerer, needer, seed)
    _leads_and_synergies(world, manager, offerer, needer, seed)
    _campaign(world, manager, needer)
    _reports(world, manager)
    _people_and_work(world, manager)
    return world


def _company_side(world: Furnished, manager: User, site: Establishment) -> None:
    demarche = world.demarche
    world.objects["establishment"] = site
    world.objects["contact"] = Contact.objects.create(
        demarche=demarche,
        organisation=site.organisation,
        establishment=site,
        first_name="Dominique",
        last_name=world.hide("contact name", TEAM),
        email=f"{world.hide('contact email', TEAM).lower()}@exemple.test",
        phone=f"0{world.hide_number('contact phone', '38700' + str(demarche.pk % 1000).zfill(4), TEAM)}",
        job_title="Responsable",
    )
    Interaction.objects.create(
        demarche=demarche,
        establishment=site,
        kind=InteractionKind.CALL,
        happened_on=DAY,
        notes=world.hide("interaction notes", TEAM),
        author=manager,
    )
    Establishment.objects.filter(pk=site.pk).update(notes=world.hide("establishment notes", TEAM))
    Engagement.objects.filter(establishment=site).update(
        next_step=world.hide("mobilisation next step", TEAM), next_step_due=DAY, next_step_owner=manager
    )
    counts = {"read": 3, "kept": 3, "new": 1}
    world.objects["import"] = SireneImport.objects.create(
        demarche=demarche, file_name=f"{world.hide('import file', TEAM)}.csv", author=manager, counts=counts
    )


def _flow(world: Furnished, site: Establishment, number: int, confidentiality: str, direction: str, **fields) -> Flow:
    return Flow.objects.create(
        demarche=world.demarche,
        establishment=site,
        number=number,
        direction=direction,
        quantity=Decimal(120),
        unit="t",
        period=Period.YEAR,
        yearly_quantity=Decimal(120),
        yearly_unit="t",
        confidentiality=confidentiality,
        provenance_on=DAY,
        **fields,
    )


def add_flow(world: Furnished, site: Establishment, number: int) -> Flow:
    """One more flow of the démarche, shared inside it, without secret."""
    return _flow(world, site, number, Confidentiality.DEMARCHE, Direction.OFFER, label=f"Flux {number}")


def _flows(world: Furnished, manager: User, offerer: Establishment, needer: Establishment, seed: int) -> None:
    resource = Resource.objects.filter(level=3, family="matter").order_by("code").first()
    for confidentiality, readers in (
        (Confidentiality.PUBLIC, None),
        (Confidentiality.NETWORK, TEAM),
        (Confidentiality.DEMARCHE, TEAM),
        (Confidentiality.PRIVATE, MANAGER),
    ):
        number = next_number(world.demarche, "flow")
        label = world.hide(f"{confidentiality} flow label", readers) if readers else f"Flux ouvert {world.demarche.slug[-1]}"
        terms = readers or TEAM
        world.objects[f"flow:{confidentiality}"] = _flow(
            world,
            offerer,
            number,
            confidentiality,
            Direction.OFFER,
            label=label,
            resource=resource,
            present_cost=world.hide_number(f"{confidentiality} flow cost", f"{seed}{number}7539.46", terms),
            present_cost_unit="EUR/year",
            present_counterpart=world.hide(f"{confidentiality} flow outlet", terms),
            entered_by=manager,
        )
    world.objects["flow"] = world.objects["flow:demarche"]
    last = next_number(world.demarche, "flow")
    world.objects["flow:need"] = _flow(
        world, needer, last, Confidentiality.DEMARCHE, Direction.NEED, label=world.hide("need label", TEAM), resource=resource
    )


def _leads_and_synergies(world: Furnished, manager: User, offerer: Establishment, needer: Establishment, seed: int) -> None:
    demarche = world.demarche
    for name, flow, readers in (("lead", "flow:demarche", TEAM), ("lead:private", "flow:private", MANAGER)):
        lead = world.objects[name] = Lead.objects.create(
            demarche=demarche,
            number=next_number(demarche, "lead"),
            kind=LeadKind.SUBSTITUTION,
            detection="systematic",
            state=LeadState.NEW,
            title=world.hide(f"{name} title", readers),
            family="matter",
            score=0.8,
            pair_key=f"{name}-{demarche.slug}",
            distance_km=4.2,
            yearly_quantity=Decimal(100),
            yearly_unit="t",
        )
        for part in (flow, "flow:need"):
            LeadFlow.objects.create(demarche=demarche, lead=lead, flow=world.objects[part])
    for number, (name, stage, flow, readers) in enumerate(
        (
            ("synergy", SynergyStage.NEGOTIATION, "flow:demarche", TEAM),
            ("synergy:private", SynergyStage.STUDY, "flow:private", MANAGER),
            ("synergy:running", SynergyStage.RUNNING, "flow:public", ELECTED_TOO),
        ),
        start=1,
    ):
        synergy = world.objects[name] = Synergy.objects.create(
            demarche=demarche,
            number=next_number(demarche, "synergy"),
            kind=LeadKind.SUBSTITUTION,
            detection="systematic",
            title=world.hide(f"{name} title", readers),
            summary=world.hide(f"{name} summary", readers),
            family="matter",
            stage=stage,
            furthest_stage=stage,
            stage_since=DAY,
            opened_on=DAY,
            started_on=DAY if stage == SynergyStage.RUNNING else None,
            last_activity_on=DAY,
            next_step=world.hide(f"{name} next step", readers),
            next_step_owner=manager,
            next_step_due=DAY,
        )
        SynergyParty.objects.create(
            demarche=demarche, synergy=synergy, establishment=offerer, role="giver", flow=world.objects[flow]
        )
        SynergyParty.objects.create(
            demarche=demarche, synergy=synergy, establishment=needer, role="taker", flow=world.objects["flow:need"]
        )
        JournalEntry.objects.create(
            demarche=demarche,
            synergy=synergy,
            kind=JournalKind.NOTE,
            happened_on=DAY,
            text=world.hide(f"{name} journal", readers),
            author=manager,
        )
        world.objects[name.replace("synergy", "impact")] = Impact.objects.create(
            demarche=demarche,
            synergy=synergy,
            indicator="co2_avoided",
            state="expected",
            year=2026,
            value=Decimal(10 + number),
            unit="tCO2e",
            method=world.hide(f"{name} impact method", readers),
        )


def _campaign(world: Furnished, manager: User, site: Establishment) -> None:
    demarche = world.demarche
    campaign = world.objects["campaign"] = Campaign.objects.create(
        demarche=demarche,
        title=world.hide("campaign title", TEAM),
        message_subject="Vos flux",
        message_body="Bonjour,\n{lien}",
        author=manager,
        sent_at=timezone.now(),
    )
    world.objects["campaign:draft"] = Campaign.objects.create(
        demarche=demarche,
        title=world.hide("draft campaign title", TEAM),
        message_subject="Vos flux",
        message_body="Bonjour,\n{lien}",
        author=manager,
    )
    recipient = f"{world.hide('recipient', TEAM).lower()}@exemple.test"
    for name, parent, state in (("questionnaire", campaign, "sent"), ("questionnaire:draft", None, "to_send")):
        world.objects[name] = Questionnaire.objects.create(
            demarche=demarche,
            campaign=parent or world.objects["campaign:draft"],
            establishment=site,
            recipient=recipient,
            state=state,
            sent_at=timezone.now() if parent else None,
        )
    AnswerDraft.objects.create(
        demarche=demarche,
        questionnaire=world.objects["questionnaire"],
        position=1,
        step="quantite",
        values={"section": "trop", "direction": "offer", "label": world.hide("answer being typed", TEAM)},
    )
    PersonalLink.objects.create(
        demarche=demarche,
        questionnaire=world.objects["questionnaire"],
        token_hash=token_hash(link_token(demarche)),
        expires_at=timezone.now() + datetime.timedelta(days=30),
    )


def link_token(demarche: Demarche) -> str:
    """The token of the personal link made in that démarche."""
    return f"jeton-personnel-{demarche.slug}-0123456789abcdefghij"


def invitation_token(demarche: Demarche) -> str:
    """The token of the invitation made in that démarche."""
    return f"jeton-invitation-{demarche.slug}-0123456789abcdefghi"


def _reports(world: Furnished, manager: User) -> None:
    demarche = world.demarche
    pdf = store_bytes(name="rapport.pdf", data=b"%PDF-1.7 essai", content_type="application/pdf", demarche=demarche)
    data = store_bytes(name="rapport.json", data=b"{}", content_type="application/json", demarche=demarche)
    world.objects["report:draft"] = Report.objects.create(
        demarche=demarche,
        year=2026,
        title="Rapport en préparation",
        introduction=world.hide("draft report introduction", TEAM),
        author=manager,
    )
    world.objects["report"] = Report.objects.create(
        demarche=demarche,
        year=2025,
        title="Rapport annuel 2025",
        state=ReportState.FROZEN,
        number=next_number(demarche, "report"),
        frozen_at=timezone.now(),
        pdf=pdf,
        data_file=data,
        author=manager,
    )
    indicator = world.objects["indicator"] = Indicator.objects.create(
        demarche=demarche, code="essai", label="Indicateur d’essai", unit="t"
    )
    world.objects["target"] = Target.objects.create(demarche=demarche, indicator=indicator, year=2026, value=10)
    world.objects["measurement"] = Measurement.objects.create(
        demarche=demarche, indicator=indicator, measured_on=DAY, value=4, entered_by=manager
    )


def _people_and_work(world: Furnished, manager: User) -> None:
    demarche = world.demarche
    world.objects["membership"] = Membership.objects.filter(demarche=demarche).exclude(user=manager).first() or (
        Membership.objects.get(demarche=demarche, user=manager)
    )
    world.objects["invitation"] = Invitation.objects.create(
        demarche=demarche,
        email=f"{world.hide('invitation', MANAGER).lower()}@exemple.test",
        role="colleague",
        token_hash=token_hash(invitation_token(demarche)),
        invited_by=manager,
        expires_at=timezone.now() + datetime.timedelta(days=5),
    )
    world.objects["job"] = Job.objects.create(
        key=f"world-{demarche.slug}",
        kind="tests.nothing",
        title=world.hide("job title", MANAGER),
        actor=manager,
        demarche=demarche,
    )
    world.objects["token"] = ApiToken.objects.create(
        user=manager, name="Essai", token_hash=token_hash(f"api-{demarche.slug}"), scopes=["read"]
    )
    record(verb="world.made", summary=world.hide("audit summary", MANAGER), actor=manager, demarche=demarche)
    world.objects["message"] = queue_mail(
        key=f"world-{demarche.slug}", recipient="personne@exemple.test", subject="Essai", body="Bonjour", demarche=demarche
    )


def crowd(world: Furnished, manager: User, count: int) -> None:
    """`count` more rows of everything that a page or the API lists, each with its own children."""
    demarche = world.demarche
    flow, need, resource = world.objects["flow"], world.objects["flow:need"], world.objects["flow"].resource
    for rank in range(count):
        number = 100 + rank
        site = establishment(demarche, f"Établissement {rank:03}", commune=world.objects["establishment"].commune)
        contact = Contact.objects.create(
            demarche=demarche, organisation=site.organisation, establishment=site, last_name=f"Personne {rank}"
        )
        for place in (site, world.objects["establishment"]):
            Interaction.objects.create(
                demarche=demarche,
                establishment=place,
                kind=InteractionKind.CALL,
                happened_on=DAY,
                contact=contact,
                author=manager,
            )
        Contact.objects.create(
            demarche=demarche, organisation=world.objects["establishment"].organisation, last_name=f"Collègue {rank}"
        )
        offer = _flow(
            world,
            site,
            number,
            Confidentiality.PUBLIC,
            Direction.OFFER,
            label=f"Flux {rank}",
            resource=resource,
            entered_by=manager,
        )
        lead = Lead.objects.create(
            demarche=demarche, number=number, kind=LeadKind.SUBSTITUTION, detection="systematic", state=LeadState.NEW,
            title=f"Piste {rank}", family="matter", score=0.5, pair_key=f"{rank}-{demarche.slug}",
        )  # fmt: skip
        for each in (offer, need):
            LeadFlow.objects.create(demarche=demarche, lead=lead, flow=each)
        synergy = Synergy.objects.create(
            demarche=demarche, number=number, kind=LeadKind.SUBSTITUTION, detection="systematic", title=f"Synergie {rank}",
            family="matter", stage=SynergyStage.RUNNING, furthest_stage=SynergyStage.RUNNING, stage_since=DAY, opened_on=DAY,
            started_on=DAY, last_activity_on=DAY, next_step="Appeler", next_step_owner=manager, next_step_due=DAY,
        )  # fmt: skip
        for place, role, each in ((site, "giver", offer), (world.objects["establishment"], "taker", flow)):
            SynergyParty.objects.create(demarche=demarche, synergy=synergy, establishment=place, role=role, flow=each)
        for followed in (synergy, world.objects["synergy"]):
            JournalEntry.objects.create(
                demarche=demarche, synergy=followed, kind=JournalKind.NOTE, happened_on=DAY, text="Appel", author=manager
            )
            Impact.objects.create(
                demarche=demarche, synergy=followed, indicator="waste_avoided", state="expected", year=2026, value=1, unit="t",
                method="Essai",
            )  # fmt: skip
        campaign = Campaign.objects.create(
            demarche=demarche, title=f"Campagne {rank}", message_subject="Flux", message_body="{lien}", author=manager
        )
        for parent in (campaign, world.objects["campaign"], world.objects["campaign:draft"]):
            Questionnaire.objects.create(
                demarche=demarche, campaign=parent, establishment=site, contact=contact, recipient="x@exemple.test"
            )
        Report.objects.create(demarche=demarche, year=2000 + rank, title=f"Rapport {rank}", author=manager)
        Job.objects.create(key=f"crowd-{rank}", kind="tests.nothing", title=f"Travail {rank}", actor=manager, demarche=demarche)
        record(verb="world.crowd", summary=f"Trace {rank}", actor=manager, demarche=demarche)
        colleague = User.objects.create_user(f"personne{rank}@exemple.test", first_name=f"Personne {rank}")
        Membership.objects.create(user=colleague, demarche=demarche, role="colleague")
        Invitation.objects.create(
            demarche=demarche, email=f"invite{rank}@exemple.test", role="partner", token_hash=token_hash(f"crowd-{rank}"),
            invited_by=manager, expires_at=timezone.now() + datetime.timedelta(days=5),
        )  # fmt: skip
