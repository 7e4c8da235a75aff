"""API of leads: the team's list, one lead with the parts of its score, and keeping it."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from eit_platform.common.api import ERRORS, IDEMPOTENCY_KEY
from operations.idempotency import once_per_call
from synergies import perms
from synergies.api.followup import SynergyOut, synergy_data
from synergies.enums import Detection, Family, LeadKind, LeadState, Reason
from synergies.models import Lead
from synergies.services import leads as services
from territories.access import access_for

SLUG = OpenApiParameter("slug", str, OpenApiParameter.PATH, description="La démarche.")
FILTERS = [
    OpenApiParameter("state", str, enum=LeadState.values, description="État de la piste."),
    OpenApiParameter("family", str, enum=Family.values, description="Famille de flux."),
    OpenApiParameter("kind", str, enum=LeadKind.values, description="Substitution ou mutualisation."),
]


class LeadOut(serializers.Serializer):
    """A lead: `score` goes from 0 to 1, `distance_km` is as the crow flies."""

    uuid = serializers.UUIDField()
    number = serializers.IntegerField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(LeadKind.choices)
    detection = serializers.ChoiceField(Detection.choices)
    state = serializers.ChoiceField(LeadState.choices)
    family = serializers.ChoiceField(Family.choices)
    score = serializers.FloatField()
    distance_km = serializers.FloatField(allow_null=True)
    yearly_quantity = serializers.DecimalField(max_digits=20, decimal_places=6, allow_null=True)
    yearly_unit = serializers.CharField()
    postponed_until = serializers.DateField(allow_null=True)
    refusal_reason = serializers.ChoiceField(Reason.choices, allow_blank=True)
    engine_version = serializers.CharField()
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class LeadFlowOut(serializers.Serializer):
    """A flow of the lead and its site."""

    uuid = serializers.UUIDField(source="flow.uuid")
    direction = serializers.CharField(source="flow.direction")
    resource = serializers.CharField(source="flow.resource_id", allow_null=True)
    establishment = serializers.UUIDField(source="flow.establishment.uuid")
    establishment_name = serializers.CharField(source="flow.establishment.name")


class LeadDetailOut(LeadOut):
    """A lead with its flows and the parts of its score, as the engine stored them without its inner keys."""

    flows = LeadFlowOut(many=True)
    parts = serializers.DictField(child=serializers.FloatField())


class KeepIn(serializers.Serializer):
    version = serializers.IntegerField(min_value=1, help_text="Version lue ; 409 si la piste a changé depuis.")


PARTS = ("resource", "quantity", "distance", "fitness", "season", "freshness")


def lead_data(lead: Lead) -> dict:
    """The lead as a plain dict of LeadOut."""
    return LeadOut(lead).data


def _parts(lead: Lead) -> dict[str, float]:
    found = lead.parts.get("parts") or lead.parts
    names = found if "parts" in lead.parts else PARTS
    return {name: float(found[name]) for name in names if isinstance(found.get(name), int | float)}


def _leads(request, slug):
    access = access_for(request.user, slug)
    access.require(perms.read_leads(access))
    return access, Lead.objects.visible_to(request.user).in_demarche(access.demarche)


@extend_schema(parameters=[SLUG])
class LeadList(generics.GenericAPIView):
    """Leads of a démarche, newest first."""

    serializer_class = LeadOut

    @extend_schema(parameters=FILTERS, responses={200: LeadOut(many=True), **ERRORS}, operation_id="leads_list")
    def get(self, request, slug):
        _access, leads = _leads(request, slug)
        for name, allowed in (("state", LeadState), ("family", Family), ("kind", LeadKind)):
            wanted = request.query_params.get(name)
            if wanted in allowed.values:
                leads = leads.filter(**{name: wanted})
        rows = self.paginate_queryset(leads)
        return self.get_paginated_response([lead_data(lead) for lead in rows])


@extend_schema(parameters=[SLUG])
class LeadDetail(APIView):
    """One lead, with its flows and the parts of its score."""

    @extend_schema(responses={200: LeadDetailOut, **ERRORS}, operation_id="leads_read")
    def get(self, request, slug, uuid):
        _access, leads = _leads(request, slug)
        lead = get_object_or_404(leads, uuid=uuid)
        links = lead.lead_flows.select_related("flow__establishment").order_by("pk")
        return Response(lead_data(lead) | {"flows": LeadFlowOut(links, many=True).data, "parts": _parts(lead)})


@extend_schema(parameters=[SLUG])
class LeadKeep(APIView):
    """Keeps a lead: opens its synergy, or gives the one already opened."""

    @extend_schema(
        request=KeepIn, parameters=[IDEMPOTENCY_KEY], responses={200: SynergyOut, **ERRORS}, operation_id="leads_keep"
    )
    @once_per_call
    def post(self, request, slug, uuid):
        access, leads = _leads(request, slug)
        access.require(perms.sort_leads(access))
        lead = get_object_or_404(leads, uuid=uuid)
        data = KeepIn(data=request.data)
        data.is_valid(raise_exception=True)
        synergy = services.keep_lead(actor=request.user, lead=lead, version=data.validated_data["version"])
        return Response(synergy_data(synergy))
