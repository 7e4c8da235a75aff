"""API of the dashboard's figures and of the frozen reports."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from actors.enums import EngagementStage
from eit_platform.common.api import ERRORS
from reporting import aggregates, perms, queries
from reporting.aggregates import ProtectedCount, ProtectedLine
from reporting.enums import ReportKind, ReportState
from reporting.models import Report
from synergies.models import Synergy
from territories.access import access_for

SLUG = OpenApiParameter("slug", str, OpenApiParameter.PATH, description="La démarche.")


class CountOut(serializers.Serializer):
    """A count; `value` is null when it is protected."""

    code = serializers.CharField()
    label = serializers.CharField()
    value = serializers.IntegerField(allow_null=True)


class LineOut(serializers.Serializer):
    """Counts and their total; `total` is null when it would give away a protected count."""

    cells = CountOut(many=True)
    total = serializers.IntegerField(allow_null=True)


class ImpactTotalOut(serializers.Serializer):
    """One indicator in its unit, its states apart: they are never to be added. A state of `protected` is null."""

    indicator = serializers.CharField()
    label = serializers.CharField()
    unit = serializers.CharField()
    realised = serializers.FloatField(allow_null=True)
    expected = serializers.FloatField(allow_null=True)
    potential = serializers.FloatField(allow_null=True)
    protected = serializers.ListField(child=serializers.CharField())


class DashboardOut(serializers.Serializer):
    """The démarche in figures, on the day `as_of`; what a partner may not know is null."""

    as_of = serializers.DateField()
    is_protected = serializers.BooleanField(help_text="Vrai pour un partenaire : petits effectifs masqués.")
    mobilisation = LineOut()
    offers = LineOut()
    needs = LineOut()
    synergies = LineOut()
    impacts = ImpactTotalOut(many=True)


class ReportOut(serializers.Serializer):
    """A report; `number`, `frozen_at` and `data_sha256` are given when it is frozen."""

    uuid = serializers.UUIDField()
    kind = serializers.ChoiceField(ReportKind.choices)
    year = serializers.IntegerField()
    title = serializers.CharField()
    state = serializers.ChoiceField(ReportState.choices)
    number = serializers.IntegerField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    frozen_at = serializers.DateTimeField(allow_null=True)
    transmitted_on = serializers.DateField(allow_null=True)
    data_sha256 = serializers.CharField()


class ReportDetailOut(ReportOut):
    """The same, with the frozen data (their form: docs/rapport.md); empty until the freeze."""

    data = serializers.JSONField()


def _plain(entries) -> ProtectedLine:
    cells = [ProtectedCount(code, label, value) for code, label, value in entries]
    return ProtectedLine(cells=cells, total=sum(each.value for each in cells))


def _team_figures(access) -> dict:
    user, demarche = access.user, access.demarche
    people = queries.mobilisation(user=user, demarche=demarche, on=timezone.localdate())
    families = queries.flow_families(user=user, demarche=demarche)
    picture = queries.synergy_picture(Synergy.objects.visible_to(user).in_demarche(demarche))
    groups = aggregates.GROUPS
    return {
        "mobilisation": _plain((stage.value, str(stage.label), people.by_stage[stage]) for stage in EngagementStage),
        "offers": _plain((code, label, offers) for code, label, offers, _needs in families),
        "needs": _plain((code, label, needs) for code, label, _offers, needs in families),
        "synergies": _plain(
            (code, str(label), sum(picture.by_stage[stage] for stage in members)) for code, label, members in groups
        ),
        "impacts": aggregates.with_protection(queries.impact_totals(user=user, demarche=demarche)),
    }


def _shared_figures(access, *, everything: bool) -> dict:
    demarche, known = access.demarche, aggregates.parties(access.demarche)
    people = queries.mobilisation(user=access.user, demarche=demarche, on=timezone.localdate())
    flows = aggregates.partner_flows(demarche=demarche)
    return {
        "mobilisation": aggregates.partner_mobilisation(people),
        "offers": flows["offer"],
        "needs": flows["need"],
        "synergies": aggregates.partner_synergies(demarche=demarche, known=known),
        "impacts": aggregates.published_impacts(demarche=demarche, known=known, everything=everything),
    }


class Dashboard(APIView):
    """The figures of the dashboard: whole for the team, aggregates with small counts masked for the others."""

    serializer_class = DashboardOut

    @extend_schema(parameters=[SLUG], responses={200: DashboardOut, **ERRORS}, operation_id="dashboard_read")
    def get(self, request, slug):
        access = access_for(request.user, slug)
        access.require(perms.read_dashboard(access))
        whole = perms.read_whole_dashboard(access)
        figures = _team_figures(access) if whole else _shared_figures(access, everything=not access.is_elected)
        figures |= {"as_of": timezone.localdate(), "is_protected": not whole}
        return Response(DashboardOut(figures).data)


class _Reports(generics.GenericAPIView):
    def reports(self):
        access = access_for(self.request.user, self.kwargs["slug"])
        access.require(perms.read_reports(access))
        return Report.objects.visible_to(self.request.user).in_demarche(access.demarche)


class ReportList(_Reports):
    """Reports of the démarche, newest first; drafts for the team only."""

    serializer_class = ReportOut

    @extend_schema(parameters=[SLUG], responses={200: ReportOut(many=True), **ERRORS}, operation_id="reports_list")
    def get(self, request, slug):
        page = self.paginate_queryset(self.reports().defer("data"))
        return self.get_paginated_response(ReportOut(page, many=True).data)


class ReportDetail(_Reports):
    """One report with its data."""

    serializer_class = ReportDetailOut

    @extend_schema(parameters=[SLUG], responses={200: ReportDetailOut, **ERRORS}, operation_id="reports_read")
    def get(self, request, slug, uuid):
        return Response(ReportDetailOut(get_object_or_404(self.reports(), uuid=uuid)).data)
