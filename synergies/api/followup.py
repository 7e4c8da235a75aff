"""API of synergies: list, sheet, change of stage, next step. Names follow the same consents as on the pages."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from eit_platform.common.api import ERRORS, IDEMPOTENCY_KEY
from operations.idempotency import once_per_call
from synergies import perms
from synergies.counterparts import shown_title, with_readers_mask
from synergies.enums import Family, ImpactIndicator, ImpactState, LeadKind, SynergyStage
from synergies.forms.followup import NextStepForm
from synergies.models import Impact, Synergy
from synergies.services import followup as services
from synergies.synergy_sheet import synergy_sheet
from territories.access import access_for

SLUG = OpenApiParameter("slug", str, OpenApiParameter.PATH, description="La démarche.")
FILTERS = [
    OpenApiParameter("stage", str, enum=SynergyStage.values, description="Étape."),
    OpenApiParameter("family", str, enum=Family.values, description="Famille de flux."),
]


class SynergyOut(serializers.Serializer):
    """A synergy. Quantity and next step are the team's: null and empty for other readers."""

    uuid = serializers.UUIDField()
    number = serializers.IntegerField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(LeadKind.choices)
    family = serializers.ChoiceField(Family.choices)
    stage = serializers.ChoiceField(SynergyStage.choices)
    furthest_stage = serializers.ChoiceField(SynergyStage.choices)
    stage_since = serializers.DateField()
    opened_on = serializers.DateField()
    started_on = serializers.DateField(allow_null=True)
    yearly_quantity = serializers.DecimalField(max_digits=20, decimal_places=6, allow_null=True)
    yearly_unit = serializers.CharField()
    next_step = serializers.CharField()
    next_step_due = serializers.DateField(allow_null=True)
    waiting_on = serializers.CharField()
    version = serializers.IntegerField()


class PartyOut(serializers.Serializer):
    """A party; `name` is empty while it has not agreed to be named to the reader."""

    name = serializers.CharField()
    about = serializers.CharField()
    role = serializers.CharField()


class ImpactOut(serializers.Serializer):
    """A figure, with the terms it is made of."""

    uuid = serializers.UUIDField()
    indicator = serializers.ChoiceField(ImpactIndicator.choices)
    state = serializers.ChoiceField(ImpactState.choices)
    year = serializers.IntegerField()
    value = serializers.DecimalField(max_digits=20, decimal_places=6)
    unit = serializers.CharField()
    low = serializers.DecimalField(max_digits=20, decimal_places=6, allow_null=True)
    high = serializers.DecimalField(max_digits=20, decimal_places=6, allow_null=True)
    attributed_share = serializers.DecimalField(max_digits=5, decimal_places=4)
    is_recurrent = serializers.BooleanField()
    method = serializers.CharField()
    warning = serializers.CharField()
    terms = serializers.JSONField()


class SynergyDetailOut(SynergyOut):
    parties = PartyOut(many=True)
    impacts = ImpactOut(many=True)


class StageIn(serializers.Serializer):
    version = serializers.IntegerField(min_value=1)
    stage = serializers.ChoiceField(SynergyStage.choices)
    on = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True, max_length=1000)


class NextStepIn(serializers.Serializer):
    version = serializers.IntegerField(min_value=1)
    next_step = serializers.CharField(max_length=300)
    next_step_owner = serializers.UUIDField(required=False, allow_null=True, help_text="Membre de l’équipe.")
    next_step_due = serializers.DateField(required=False, allow_null=True)
    waiting_on = serializers.CharField(required=False, allow_blank=True, max_length=200)


WORKING_FIELDS = {"yearly_quantity": None, "yearly_unit": "", "next_step": "", "next_step_due": None, "waiting_on": ""}


def synergy_data(synergy: Synergy, access=None) -> dict:
    """The synergy as a plain dict of SynergyOut; without `access`, for the team."""
    data = SynergyOut(synergy).data
    if access is not None and not access.is_team:
        data |= WORKING_FIELDS | {"title": shown_title(access, synergy)}
    return data


def _synergies(request, slug):
    access = access_for(request.user, slug)
    access.require(perms.read_synergies(access))
    return access, with_readers_mask(Synergy.objects.visible_to(request.user).in_demarche(access.demarche), request.user)


@extend_schema(parameters=[SLUG])
class SynergyList(generics.GenericAPIView):
    """Synergies the caller may see, newest first."""

    serializer_class = SynergyOut

    @extend_schema(parameters=FILTERS, responses={200: SynergyOut(many=True), **ERRORS}, operation_id="synergies_list")
    def get(self, request, slug):
        access, synergies = _synergies(request, slug)
        for name, allowed in (("stage", SynergyStage), ("family", Family)):
            wanted = request.query_params.get(name)
            if wanted in allowed.values:
                synergies = synergies.filter(**{name: wanted})
        rows = self.paginate_queryset(synergies)
        return self.get_paginated_response([synergy_data(synergy, access) for synergy in rows])


@extend_schema(parameters=[SLUG])
class SynergyDetail(APIView):
    """One synergy, its parties and its impacts."""

    @extend_schema(responses={200: SynergyDetailOut, **ERRORS}, operation_id="synergies_read")
    def get(self, request, slug, uuid):
        access, synergies = _synergies(request, slug)
        synergy = get_object_or_404(synergies, uuid=uuid)
        sheet = synergy_sheet(access, synergy)
        impacts: list[Impact] = [impact for group in sheet.impacts for impact in group.rows]
        return Response(
            synergy_data(synergy, access)
            | {"parties": PartyOut(sheet.parties, many=True).data, "impacts": ImpactOut(impacts, many=True).data}
        )


@extend_schema(parameters=[SLUG])
class SynergyStageChange(APIView):
    """Moves a synergy to one of the six stages."""

    @extend_schema(
        request=StageIn, parameters=[IDEMPOTENCY_KEY], responses={200: SynergyOut, **ERRORS}, operation_id="synergies_stage"
    )
    @once_per_call
    def post(self, request, slug, uuid):
        access, synergies = _synergies(request, slug)
        access.require(perms.decide_synergies(access))
        synergy = get_object_or_404(synergies.select_related("demarche"), uuid=uuid)
        data = StageIn(data=request.data)
        data.is_valid(raise_exception=True)
        sent = data.validated_data
        moved = services.move_stage(
            actor=request.user,
            synergy=synergy,
            version=sent["version"],
            stage=sent["stage"],
            on=sent.get("on"),
            note=sent.get("note", ""),
        )
        return Response(synergy_data(moved, access))


@extend_schema(parameters=[SLUG])
class SynergyNextStep(APIView):
    """Sets the next step of a synergy."""

    @extend_schema(
        request=NextStepIn,
        parameters=[IDEMPOTENCY_KEY],
        responses={200: SynergyOut, **ERRORS},
        operation_id="synergies_next_step",
    )
    @once_per_call
    def post(self, request, slug, uuid):
        access, synergies = _synergies(request, slug)
        access.require(perms.follow_synergies(access))
        synergy = get_object_or_404(synergies.select_related("demarche"), uuid=uuid)
        data = NextStepIn(data=request.data)
        data.is_valid(raise_exception=True)
        sent = data.validated_data
        people = NextStepForm(access=access).people
        owner = sent.get("next_step_owner")
        if owner is not None and str(owner) not in people:
            raise serializers.ValidationError({"next_step_owner": [_("Cette personne n’est pas de l’équipe de la démarche.")]})
        kept = services.set_next_step(
            actor=request.user,
            synergy=synergy,
            version=sent["version"],
            text=sent["next_step"],
            owner=people[str(owner)] if owner else None,
            due=sent.get("next_step_due"),
            waiting_on=sent.get("waiting_on", ""),
        )
        return Response(synergy_data(kept, access))
