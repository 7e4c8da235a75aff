"""What the page of a synergy says, by reader: parties, impacts apart by state, journal of the team."""

from dataclasses import dataclass, field
from decimal import Decimal

from actors.models import Establishment
from synergies.counterparts import PartyView, synergy_view
from synergies.enums import STAGE_ORDER, ImpactIndicator, ImpactState, SynergyStage
from synergies.models import Impact, JournalEntry, Synergy, SynergyParty

STATES = (ImpactState.REALISED, ImpactState.EXPECTED, ImpactState.POTENTIAL)
JOURNAL_LINES = 60


@dataclass(slots=True)
class ImpactGroup:
    """Figures of one state: states are shown apart and never added."""

    state: str
    label: str
    rows: list[Impact]


@dataclass(slots=True)
class SynergySheet:
    title: str
    is_masked: bool
    parties: list[PartyView]
    steps: list[str]
    position: int
    impacts: list[ImpactGroup] = field(default_factory=list)
    journal: list[JournalEntry] = field(default_factory=list)
    quantity: Decimal | None = None


def synergy_sheet(access, synergy: Synergy) -> SynergySheet:
    """The sheet for this reader: journal and quantities are the team's, names follow consents."""
    own = set()
    if not access.is_team:
        sites = Establishment.objects.visible_to(access.user).in_demarche(access.demarche)
        mine = sites.filter(accesses__membership__user=access.user, accesses__membership__ended_at=None)
        own = set(mine.values_list("pk", flat=True))
    parties = SynergyParty.objects.visible_to(access.user).filter(synergy=synergy)
    shown = synergy_view(
        access,
        synergy,
        parties.select_related("establishment__commune", "establishment__naf__division", "flow__resource").order_by("pk"),
        own,
    )
    sheet = SynergySheet(
        title=shown.title,
        is_masked=shown.is_masked,
        parties=shown.parties,
        steps=[str(stage.label).capitalize() for stage in STAGE_ORDER],
        position=_position(synergy),
    )
    if not shown.is_masked:  # terms and beneficiaries name the parties
        sheet.impacts = _impacts(access, synergy)
    if access.is_team:
        entries = JournalEntry.objects.visible_to(access.user).filter(synergy=synergy).select_related("author")
        sheet.journal = list(entries[:JOURNAL_LINES])
        for entry in sheet.journal:
            entry.stage_label = SynergyStage(entry.to_stage).label if entry.to_stage else ""
        sheet.quantity = synergy.yearly_quantity
    return sheet


def _position(synergy: Synergy) -> int:
    """The stage in hand, from 1; the one to come back to when it is stopped."""
    stage = synergy.stage if synergy.stage in STAGE_ORDER else (synergy.resume_stage or synergy.furthest_stage)
    return STAGE_ORDER.index(stage) + 1


def _impacts(access, synergy: Synergy) -> list[ImpactGroup]:
    impacts = Impact.objects.visible_to(access.user).filter(synergy=synergy).select_related("factor")
    rows = list(impacts.order_by("-year", "indicator", "id"))
    for impact in rows:
        impact.label = str(ImpactIndicator(impact.indicator).label).capitalize()
        impact.share = impact.attributed_share * 100
        impact.warnings = [line for line in impact.warning.split("\n") if line]
    groups = [ImpactGroup(state.value, str(state.label), [row for row in rows if row.state == state]) for state in STATES]
    return [group for group in groups if group.rows]
