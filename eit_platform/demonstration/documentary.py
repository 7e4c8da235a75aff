"""The two documented démarches: what public sources say of real companies, and nothing more.

No SIRET, contact, quantity or date of theirs is made up. The dates that a row must have are the day of entry, and its
journal says so.
"""

from django.utils.formats import date_format

from actors.enums import OrganisationKind, PositionSource, Source
from actors.models import Establishment, Organisation
from eit_platform.common.tables import rows
from eit_platform.common.text import fold
from eit_platform.demonstration.days import Days
from eit_platform.demonstration.territory import BAZANCOURT, DATA, STRASBOURG
from operations.numbering import next_numbers
from synergies.enums import Detection, Direction, LeadKind, PartyRole, Provenance
from synergies.models import Flow, JournalEntry, Resource, Synergy, SynergyParty
from synergies.models.followup import JournalKind
from territories.enums import Confidentiality
from territories.models import Demarche

SITES = {BAZANCOURT: "Bazancourt-Pomacle", STRASBOURG: "Port autonome de Strasbourg"}
ENTERED = "Fiche saisie le %s d’après la source publique citée. La date de l’échange n’est pas documentée."


def load(demarches: dict[str, Demarche], days: Days) -> None:
    """Writes organisations, flows and synergies of the documented démarches."""
    sites = _sites(demarches)
    for slug, demarche in demarches.items():
        cases = [row for row in rows(f"{DATA}/documentary_synergies.csv") if row["demarche"] == slug]
        _synergies(demarche, cases, {key: site for (owner, key), site in sites.items() if owner == slug}, days)


def _sites(demarches: dict[str, Demarche]) -> dict[tuple[str, str], Establishment]:
    organisations, sites = [], {}
    for row in rows(f"{DATA}/documentary_organisations.csv"):
        demarche = demarches[row["demarche"]]
        shared = {
            "demarche": demarche,
            "name": row["name"],
            "folded_name": fold(row["name"]),
            "source": Source.PUBLIC,
            "source_note": row["note"],
        }
        organisation = Organisation(kind=OrganisationKind(row["kind"]), **shared)
        organisations.append(organisation)
        placed = bool(row["latitude"])
        sites[row["demarche"], row["key"]] = Establishment(
            organisation=organisation,
            naf_id=row["naf"] or None,
            commune_label=SITES[row["demarche"]] if placed else "",
            latitude=float(row["latitude"]) if placed else None,
            longitude=float(row["longitude"]) if placed else None,
            position_source=PositionSource.HAND if placed else PositionSource.UNKNOWN,
            notes="Position approchée, à l’échelle du site." if placed else "",
            **shared,
        )
    Organisation.objects.bulk_create(organisations)
    Establishment.objects.bulk_create(sites.values())
    return sites


def _synergies(demarche: Demarche, cases: list[dict], sites: dict[str, Establishment], days: Days) -> None:
    resources = Resource.objects.in_bulk([case["resource"] for case in cases])
    synergies, flows, parties, journal = [], [], [], []
    numbers = next_numbers(demarche, "synergy", len(cases))
    for case, number in zip(cases, numbers, strict=True):
        synergy = Synergy(
            demarche=demarche,
            number=number,
            kind=LeadKind(case["kind"]),
            # None of the three approaches is documented: read in an inventory of published cases.
            detection=Detection.SYSTEMATIC,
            title=case["title"],
            summary=case["summary"],
            family=resources[case["resource"]].family,
            stage=case["stage"],
            furthest_stage=case["stage"],
            stage_since=days.today,
            opened_on=days.today,
            last_activity_on=days.today,
            source_note=case["source"],
        )
        synergies.append(synergy)
        text = ENTERED % date_format(days.today, "j F Y")
        journal.append(
            JournalEntry(
                demarche=demarche,
                synergy=synergy,
                kind=JournalKind.OPENED,
                happened_on=days.today,
                to_stage=case["stage"],
                text=text,
            )
        )
        for direction, role, keys in (
            (Direction.OFFER, PartyRole.GIVER, case["givers"]),
            (Direction.NEED, PartyRole.TAKER, case["takers"]),
        ):
            for key in keys.split():
                shared = case["kind"] == LeadKind.MUTUALISATION
                flow = None if shared else _flow(demarche, sites[key], direction, case, resources, days)
                flows += [flow] if flow else []
                party = SynergyParty(
                    demarche=demarche,
                    synergy=synergy,
                    establishment=sites[key],
                    role=PartyRole.SHARER if shared else role,
                    flow=flow,
                )
                parties.append(party)
    for flow, number in zip(flows, next_numbers(demarche, "flow", len(flows)), strict=True):
        flow.number = number
    Synergy.objects.bulk_create(synergies)
    Flow.objects.bulk_create(flows)
    SynergyParty.objects.bulk_create(parties)
    JournalEntry.objects.bulk_create(journal)


def _flow(demarche, site: Establishment, direction: str, case: dict, resources: dict[str, Resource], days: Days) -> Flow:
    """The flow as the source names it: no quantity, no season."""
    return Flow(
        demarche=demarche,
        establishment=site,
        direction=direction,
        label=(case["what"] if direction == Direction.OFFER else case["use"])[:200],
        resource=resources[case["resource"]],
        confidentiality=Confidentiality.PUBLIC,
        provenance=Provenance.PUBLIC,
        provenance_on=days.today,
        source_note=case["source"],
    )
