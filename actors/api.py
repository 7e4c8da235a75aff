"""API of the actors: establishments and contacts of a démarche."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.response import Response

from actors import perms, queries
from actors.enums import Diffusion, PositionSource, Source
from actors.filters import DirectoryFilter
from actors.models import Contact, Establishment
from actors.register import SiretRefused, checked_siret
from actors.services.establishments import add_establishment
from actors.sirene.validation import CellError, clean_naf
from eit_platform.common.api import ERRORS, IDEMPOTENCY_KEY
from operations.idempotency import once_per_call
from territories.access import access_for

SLUG = OpenApiParameter("slug", str, OpenApiParameter.PATH, description="La démarche.")
FILTERS = [
    OpenApiParameter("q", str, description="Partie du nom, début du SIRET ou commune."),
    OpenApiParameter("place", str, description="`epci:<SIREN>` ou `commune:<code>`."),
    OpenApiParameter("division", str, description="Division NAF à deux chiffres."),
]


class OrganisationPart(serializers.Serializer):
    uuid = serializers.UUIDField()
    siren = serializers.CharField()
    name = serializers.CharField()


class EstablishmentOut(serializers.Serializer):
    """An establishment. Position in WGS84 degrees, with what says so; null when unknown."""

    uuid = serializers.UUIDField()
    siret = serializers.CharField()
    name = serializers.CharField()
    name_is_fallback = serializers.BooleanField()
    organisation = OrganisationPart()
    address = serializers.CharField()
    postal_code = serializers.CharField()
    commune = serializers.CharField(source="commune_id", allow_null=True)
    commune_label = serializers.CharField()
    naf = serializers.CharField(source="naf_id", allow_null=True)
    naf_2025 = serializers.CharField()
    headcount = serializers.CharField(source="headcount_id", allow_null=True)
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    position_source = serializers.ChoiceField(PositionSource.choices)
    diffusion = serializers.ChoiceField(Diffusion.choices)
    source = serializers.ChoiceField(Source.choices)
    closed_on = serializers.DateField(allow_null=True)
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class EstablishmentIn(serializers.Serializer):
    """A new establishment: a name, and what is known of the rest."""

    siret = serializers.CharField(max_length=20, required=False, allow_blank=True)
    name = serializers.CharField(max_length=200)
    legal_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    address = serializers.CharField(max_length=250, required=False, allow_blank=True)
    postal_code = serializers.CharField(max_length=10, required=False, allow_blank=True)
    commune = serializers.CharField(max_length=5, required=False, allow_blank=True, help_text="Code de la commune.")
    naf = serializers.CharField(max_length=6, required=False, allow_blank=True)
    naf_2025 = serializers.CharField(max_length=6, required=False, allow_blank=True)
    headcount = serializers.CharField(max_length=2, required=False, allow_blank=True)
    latitude = serializers.FloatField(min_value=-90, max_value=90, required=False, allow_null=True)
    longitude = serializers.FloatField(min_value=-180, max_value=180, required=False, allow_null=True)

    def validate_siret(self, value):
        try:
            return checked_siret(value) if value else ""
        except SiretRefused as error:
            raise serializers.ValidationError(error.message) from None

    def validate_naf(self, value):
        found = queries.naf_code(self.validate_naf_2025(value)) if value else None
        if value and found is None:
            raise serializers.ValidationError(_("Ce code n’est pas dans la NAF rév. 2."))
        return found

    def validate_naf_2025(self, value):
        try:
            return clean_naf(value)
        except CellError as error:
            raise serializers.ValidationError(_("Il faut %(expected)s.") % {"expected": error.expected}) from None

    def validate_commune(self, value):
        found = queries.commune(value)
        if value and found is None:
            raise serializers.ValidationError(_("Cette commune est inconnue."))
        return found

    def validate_headcount(self, value):
        if value and value not in dict(queries.headcount_choices()):
            raise serializers.ValidationError(_("Cette tranche d’effectifs est inconnue."))
        return value

    def validate(self, attrs):
        if (attrs.get("latitude") is None) != (attrs.get("longitude") is None):
            raise serializers.ValidationError({"longitude": [_("Une position a une latitude et une longitude.")]})
        attrs["headcount_id"] = attrs.pop("headcount", "") or None
        return attrs


class ContactOut(serializers.Serializer):
    """A person at an organisation, with why we may write to them."""

    uuid = serializers.UUIDField()
    organisation = serializers.UUIDField(source="organisation.uuid")
    establishment = serializers.UUIDField(source="establishment.uuid", allow_null=True, default=None)
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    job_title = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    legal_basis = serializers.CharField()
    consent_on = serializers.DateField(allow_null=True)
    unsubscribed = serializers.SerializerMethodField()
    version = serializers.IntegerField()

    def get_unsubscribed(self, contact) -> bool:
        return contact.unsubscribed_at is not None


class _OfDemarche(generics.GenericAPIView):
    """Resolves the démarche of the address: outside 404, without the right 403."""

    def access(self, allow):
        access = access_for(self.request.user, self.kwargs["slug"])
        access.require(allow(access))
        return access

    def establishments(self, access):
        visible = Establishment.objects.visible_to(self.request.user).in_demarche(access.demarche)
        return visible.select_related("organisation")


class EstablishmentList(_OfDemarche):
    """Open establishments of the démarche, newest first; POST adds one."""

    serializer_class = EstablishmentOut

    @extend_schema(
        operation_id="establishments_list", parameters=[SLUG, *FILTERS], responses={200: EstablishmentOut(many=True), **ERRORS}
    )
    def get(self, request, slug):
        access = self.access(perms.read_directory)
        chosen = DirectoryFilter.read(request.query_params, with_mobilisation=False)
        found = chosen.apply(self.establishments(access).open(), request.user)
        page = self.paginate_queryset(found)
        return self.get_paginated_response(EstablishmentOut(page, many=True).data)

    @extend_schema(
        operation_id="establishments_create",
        parameters=[SLUG, IDEMPOTENCY_KEY],
        request=EstablishmentIn,
        responses={201: EstablishmentOut, **ERRORS},
    )
    @once_per_call
    def post(self, request, slug):
        access = self.access(perms.add_actors)
        given = EstablishmentIn(data=request.data)
        given.is_valid(raise_exception=True)
        site = add_establishment(demarche=access.demarche, actor=request.user, values=dict(given.validated_data))
        return Response(EstablishmentOut(site).data, status=201)


class EstablishmentDetail(_OfDemarche):
    """One establishment."""

    serializer_class = EstablishmentOut

    @extend_schema(operation_id="establishments_read", parameters=[SLUG], responses={200: EstablishmentOut, **ERRORS})
    def get(self, request, slug, uuid):
        access = self.access(perms.read_sheet)
        return Response(EstablishmentOut(get_object_or_404(self.establishments(access), uuid=uuid)).data)


class ContactList(_OfDemarche):
    """People of the démarche's organisations, newest first; a company gets its own."""

    serializer_class = ContactOut

    @extend_schema(operation_id="contacts_list", parameters=[SLUG], responses={200: ContactOut(many=True), **ERRORS})
    def get(self, request, slug):
        access = self.access(perms.read_contacts)
        visible = Contact.objects.visible_to(request.user).in_demarche(access.demarche).filter(archived_at=None)
        page = self.paginate_queryset(visible.select_related("organisation", "establishment"))
        return self.get_paginated_response(ContactOut(page, many=True).data)
