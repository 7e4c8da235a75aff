"""A synergy as its reader may know it: the other sides are named once they have agreed, and only then.

The team and the élu(e) read names. A company reads its own part, and of the others what their consent allows: this
module makes the masked form, a template never hides a name that it was given.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from actors.models import Establishment
from synergies.enums import OPERATIONAL_STAGES
from synergies.models import Synergy, SynergyParty


@dataclass(frozen=True, slots=True)
class PartyView:
    """A party as shown: `name` is empty when it has not agreed to be named to this reader."""

    name: str
    about: str
    role: str
    flow_label: str
    site_uuid: object = None
    flow_uuid: object = None
    agreed: bool = False
    is_masked: bool = False


@dataclass(frozen=True, slots=True)
class SynergyView:
    """What may be said of a synergy to this reader."""

    title: str
    parties: list[PartyView]
    is_masked: bool


def with_readers_mask(synergies, user):
    """Annotates `has_silent_party`: another side than the reader's has not agreed to be named."""
    own = Establishment.objects.visible_to(user).filter(accesses__membership__user=user, accesses__membership__ended_at=None)
    others = SynergyParty.objects.filter(synergy=OuterRef("pk"), agreed_at=None).exclude(establishment__in=own.values("pk"))
    return synergies.annotate(has_silent_party=Exists(others))


def reads_names(access, synergy: Synergy) -> bool:
    """The team always; the élu(e) for what runs; a company when everybody agreed."""
    if access.is_team or (access.is_elected and synergy.stage in OPERATIONAL_STAGES):
        return True
    return not synergy.has_silent_party


def shown_title(access, synergy: Synergy) -> str:
    """The title, or a neutral one where it would name somebody who has not agreed."""
    return synergy.title if reads_names(access, synergy) else _("Synergie %(number)s") % {"number": synergy.number}


def synergy_view(access, synergy: Synergy, parties: Iterable[SynergyParty], own_sites: set[int]) -> SynergyView:
    """The synergy for this reader; `parties` come with establishment, commune, activity and flow."""
    open_names = reads_names(access, synergy)
    shown = []
    for party in parties:
        mine = party.establishment_id in own_sites
        named = mine or party.agreed_at is not None
        shown.append(_named(access, party, mine) if open_names or named else _masked(party))
    return SynergyView(shown_title(access, synergy), shown, is_masked=not open_names)


def _named(access, party: SynergyParty, mine: bool) -> PartyView:
    site = party.establishment
    place = site.commune.name if site.commune else site.commune_label
    activity = site.naf.division.label if site.naf else ""
    # What a side declared stays between it and the team.
    flow = party.flow if access.is_team or mine else None
    return PartyView(
        name=site.name,
        about=" · ".join(part for part in (place, activity) if part),
        role=party.get_role_display(),
        flow_label=str(flow) if flow else "",
        site_uuid=site.uuid if access.is_team or access.is_elected or mine else None,
        flow_uuid=flow.uuid if flow else None,
        agreed=party.agreed_at is not None,
    )


def _masked(party: SynergyParty) -> PartyView:
    site = party.establishment
    return PartyView(
        name="",
        about=site.naf.division.label if site.naf else _("activité non précisée"),
        role=party.get_role_display(),
        flow_label="",
        is_masked=True,
    )
