"""API of flows: read, declare, correct, archive."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.response import Response

from actors.models import Establishment
from eit_platform.common.api import ERRORS, IDEMPOTENCY_KEY
from eit_platform.common.text import fold
from eit_platform.common.units import UNIT_CHOICES
from operations.idempotency import once_per_call
from synergies import perms
from synergies.enums import Certainty, Direction, Family, FlowState, Packaging, Period, PhysicalState, Provenance
from synergies.models import Flow
from synergies.services.flows import COMMERCIAL_FIELDS, FLOW_FIELDS, archive_flow, change_flow, create_flow
from synergies.services.suggestions import find_resource
from territories.access import access_for
from territories.enums import Confidentiality

SLUG = OpenApiParameter("slug", str, OpenApiParameter.PATH, description="La démarche.")
FILTERS = [
    OpenApiParameter("direction", str, enum=Direction.values),
    OpenApiParameter("family", str, enum=Family.values),
    OpenApiParameter("establishment", str, description="UUID de l’établissement."),
    OpenApiParameter("q", str, description="Mots du libellé ou de la ressource."),
]
MONTHS = 12


def _text(length: int, **options):
    return serializers.CharField(max_length=length, required=False, allow_blank=True, **options)


def _number(digits: int = 20, places: int = 6, **options):
    return serializers.DecimalField(max_digits=digits, decimal_places=places, required=False, allow_null=True, **options)


def _day():
    return serializers.DateField(required=False, allow_null=True)


def _choice(choices):
    return serializers.ChoiceField(choices=choices, required=False, allow_blank=True)


class FlowBody(serializers.Serializer):
    """What may be said of a flow. Quantities are kept as given; the yearly one is derived."""

    label = _text(200)
    resource = _text(80, help_text="Code de la taxonomie.", allow_null=True)
    waste_code = _text(12, help_text="Six chiffres.", allow_null=True)
    quantity = _number(min_value=0)
    unit = _choice(UNIT_CHOICES)
    period = _choice(Period.choices)
    quantity_min = _number(min_value=0)
    quantity_max = _number(min_value=0)
    certainty = serializers.ChoiceField(choices=Certainty.choices, required=False)
    monthly_profile = serializers.ListField(
        child=serializers.DecimalField(max_digits=7, decimal_places=6, min_value=0, max_value=1),
        required=False,
        allow_null=True,
        min_length=MONTHS,
        max_length=MONTHS,
        help_text="Douze parts qui font 1.",
    )
    available_from = _day()
    available_to = _day()
    physical_state = _choice(PhysicalState.choices)
    form = _text(120)
    composition = _text(2000)
    contaminants = _text(2000)
    moisture_pct = _number(5, 2, min_value=0, max_value=100)
    lower_heating_value = _number(10, 3, min_value=0, help_text="MWh/t")
    temperature_c = _number(7, 2)
    pressure_bar = _number(8, 3, min_value=0)
    hours_per_year = serializers.IntegerField(min_value=0, max_value=8784, required=False, allow_null=True)
    hazard_properties = serializers.ListField(
        child=serializers.RegexField(r"^HP([1-9]|1[0-5])$"), required=False, max_length=15
    )
    adr_class = _text(10)
    sanitary_constraint = _text(200)
    packaging = _choice(Packaging.choices)
    storage = _text(200)
    minimum_quality = _text(300)
    present_counterpart = _text(200)
    treatment_code = _text(4)
    present_cost = _number(14, 2, min_value=0)
    present_cost_unit = _choice([("EUR/t", "€/t"), ("EUR/year", "€/an")])
    hoped_price = _number(14, 2)
    hoped_price_unit = _choice([("EUR/t", "€/t"), ("EUR/year", "€/an")])
    contract_ends_on = _day()
    max_distance_km = _number(7, 2, min_value=0)
    confidentiality = serializers.ChoiceField(choices=Confidentiality.choices, required=False)
    source_note = _text(400)

    def validate_resource(self, value):
        found = find_resource(value or "")
        if value and found is None:
            raise serializers.ValidationError(_("Cette ressource n’est pas dans la taxonomie."))
        return found


class FlowIn(FlowBody):
    """A new flow."""

    establishment = serializers.UUIDField()
    direction = serializers.ChoiceField(choices=Direction.choices)


class FlowPatch(FlowBody):
    """A correction: only the fields given change. `version` is the one that was read."""

    version = serializers.IntegerField(min_value=1)
    direction = serializers.ChoiceField(choices=Direction.choices, required=False)


class FlowVersion(serializers.Serializer):
    """The version that was read."""

    version = serializers.IntegerField(min_value=1)


class FlowOut(FlowBody):
    """A flow. Prices, outlets and contracts are null for whom they don't concern."""

    uuid = serializers.UUIDField()
    number = serializers.IntegerField()
    version = serializers.IntegerField()
    establishment = serializers.UUIDField()
    establishment_name = serializers.CharField()
    direction = serializers.ChoiceField(choices=Direction.choices)
    family = serializers.ChoiceField(choices=Family.choices, allow_null=True)
    hazardous = serializers.BooleanField(allow_null=True)
    yearly_quantity = serializers.DecimalField(max_digits=20, decimal_places=6, allow_null=True)
    yearly_unit = serializers.CharField()
    conversion_note = serializers.CharField()
    state = serializers.ChoiceField(choices=FlowState.choices)
    provenance = serializers.ChoiceField(choices=Provenance.choices)
    provenance_on = serializers.DateField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    present_counterpart = serializers.CharField(allow_null=True)
    treatment_code = serializers.CharField(allow_null=True)
    present_cost_unit = serializers.CharField(allow_null=True)
    hoped_price_unit = serializers.CharField(allow_null=True)


_PLAIN = tuple(name for name in FLOW_FIELDS if name not in ("resource", "waste_code"))
_READ_ONLY = (
    "uuid",
    "number",
    "version",
    "yearly_quantity",
    "yearly_unit",
    "conversion_note",
    "state",
    "provenance",
    "provenance_on",
    "created_at",
    "updated_at",
)


def flow_row(flow: Flow, *, with_terms: bool) -> dict:
    """The answer for one flow, read with `for_lists`; plain attributes, since a list has 200 of them."""
    row = {name: getattr(flow, name) for name in (*_READ_ONLY, *_PLAIN)}
    row["resource"] = flow.resource_id
    row["waste_code"] = flow.waste_code_id
    row["family"] = flow.resource.family if flow.resource else None
    row["hazardous"] = flow.waste_code.hazardous if flow.waste_code else None
    row["establishment"] = flow.establishment.uuid
    row["establishment_name"] = flow.establishment.name
    if not with_terms:
        row.update(dict.fromkeys(COMMERCIAL_FIELDS))
    return row


class _OfDemarche(generics.GenericAPIView):
    """Resolves the démarche of the address: outside 404, without the right 403."""

    serializer_class = FlowOut

    def access(self, allow):
        access = access_for(self.request.user, self.kwargs["slug"])
        access.require(allow(access))
        return access

    def flows(self, access):
        rows = Flow.objects.visible_to(self.request.user).in_demarche(access.demarche).for_lists()
        return rows.select_related("resource", "waste_code", "establishment", "demarche")

    def change(self, access, uuid) -> Flow:
        flow = get_object_or_404(self.flows(access), uuid=uuid)
        if not perms.change_flow(access, flow):
            raise PermissionDenied
        return flow


class FlowList(_OfDemarche):
    """Flows that are not archived, newest first; POST declares one."""

    @extend_schema(operation_id="flows_list", parameters=[SLUG, *FILTERS], responses={200: FlowOut(many=True), **ERRORS})
    def get(self, request, slug):
        access = self.access(perms.read_flows)
        page = self.paginate_queryset(_narrowed(self.flows(access).exclude(state=FlowState.ARCHIVED), request.query_params))
        own = perms.sites_acted_for(access)
        rows = [flow_row(flow, with_terms=access.is_team or flow.establishment_id in own) for flow in page]
        return self.get_paginated_response(rows)

    @extend_schema(
        operation_id="flows_create", parameters=[SLUG, IDEMPOTENCY_KEY], request=FlowIn, responses={201: FlowOut, **ERRORS}
    )
    @once_per_call
    def post(self, request, slug):
        access = self.access(perms.declare_flows)
        given = FlowIn(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        sites = Establishment.objects.visible_to(request.user).in_demarche(access.demarche).open()
        site = sites.select_related("demarche").filter(uuid=values.pop("establishment")).first()
        if site is None:
            raise serializers.ValidationError({"establishment": [_("Cet établissement est inconnu.")]})
        if not perms.declare_flows_of(access, site):
            raise PermissionDenied
        flow = create_flow(actor=request.user, establishment=site, **values)
        return Response(flow_row(flow, with_terms=True), status=201)


class FlowDetail(_OfDemarche):
    """One flow; PATCH corrects it."""

    @extend_schema(operation_id="flows_read", parameters=[SLUG], responses={200: FlowOut, **ERRORS})
    def get(self, request, slug, uuid):
        access = self.access(perms.read_flows)
        flow = get_object_or_404(self.flows(access), uuid=uuid)
        return Response(flow_row(flow, with_terms=perms.read_commercial_terms(access, flow)))

    @extend_schema(operation_id="flows_change", parameters=[SLUG], request=FlowPatch, responses={200: FlowOut, **ERRORS})
    def patch(self, request, slug, uuid):
        flow = self.change(self.access(perms.declare_flows), uuid)
        given = FlowPatch(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        flow = change_flow(actor=request.user, flow=flow, version=values.pop("version"), **values)
        return Response(flow_row(flow, with_terms=True))


class FlowArchive(_OfDemarche):
    """Puts a flow away."""

    @extend_schema(operation_id="flows_archive", parameters=[SLUG], request=FlowVersion, responses={200: FlowOut, **ERRORS})
    def post(self, request, slug, uuid):
        flow = self.change(self.access(perms.declare_flows), uuid)
        given = FlowVersion(data=request.data)
        given.is_valid(raise_exception=True)
        flow = archive_flow(actor=request.user, flow=flow, version=given.validated_data["version"])
        return Response(flow_row(flow, with_terms=True))


def _narrowed(rows, query):
    """Filters of the address; an unknown value gives an empty list, never an error."""
    for name, column, known in (("direction", "direction", Direction), ("family", "resource__family", Family)):
        if query.get(name):
            rows = rows.filter(**{column: query[name]}) if query[name] in known.values else rows.none()
    if query.get("establishment"):
        try:
            rows = rows.filter(establishment__uuid=serializers.UUIDField().to_internal_value(query["establishment"]))
        except serializers.ValidationError:
            rows = rows.none()
    for word in fold(query.get("q", "")).split()[:6]:
        rows = rows.filter(Q(label__unaccent__icontains=word) | Q(resource__folded_label__contains=word))
    return rows
