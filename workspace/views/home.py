"""Home of a démarche: what to do this week, before anything else. The élu(e) reads another page."""

from datetime import date

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from eit_platform.common.charts import sparkline
from reporting import collect, queries
from reporting.trajectory import Objective, Verdict
from synergies.models import Synergy
from territories.access import demarche_page
from workspace.agenda import Week, build_week


@require_safe
@demarche_page()
def demarche_home(request, slug):
    """The team's week; others are led to the page made for them."""
    access = request.access
    if access.demarche.is_documentary and (access.is_team or access.is_elected):
        return redirect("synergies:synergy_list", slug=slug)  # published facts: nobody has a week to work there
    if access.is_team:
        return _team_home(request, access)
    if access.is_company_only:
        return redirect("synergies:flow_list", slug=slug)
    return redirect("reporting:dashboard", slug=slug)


def _team_home(request, access):
    today = timezone.localdate()
    week = build_week(user=request.user, demarche=access.demarche, today=today)
    synergies = Synergy.objects.visible_to(request.user).in_demarche(access.demarche)
    picture = queries.synergy_picture(synergies)
    context = {
        "today": capfirst(date_format(today, "l j F Y")),
        "headline": _headline(week),
        "subline": _subline(week),
        "week": week,
        "funnel": picture.funnel,
        "funnel_title": _funnel_title(picture.funnel),
        "fresh_leads": week.fresh_leads,
        "goals": _goals(access.demarche, request.user, picture.operational, today),
    }
    return render(request, "workspace/home.html", context)


def _headline(week: Week) -> str:
    """One sentence that concludes; the first that holds."""
    late = len(week.late)
    if late:
        return ngettext("Une action est en retard.", "%(count)d actions sont en retard.", late) % {"count": late}
    if week.todo:
        count = len(week.todo)
        return ngettext("Une action vous attend cette semaine.", "%(count)d actions vous attendent cette semaine.", count) % {
            "count": count
        }
    if week.waiting:
        return _("Rien à faire : vous attendez des réponses.")
    return _("Votre semaine est libre.")


def _subline(week: Week) -> str:
    first = (week.late or week.todo or [None])[0]
    if first is None:
        return _("C’est le moment de contacter de nouvelles entreprises.")
    return _("À commencer par : %(title)s") % {"title": first.title}


def _funnel_title(funnel) -> str:
    first, last = funnel[0].count, funnel[4].count
    if not first:
        return _("Aucune synergie suivie pour l’instant")
    if not last:
        return _("Aucune piste n’est encore allée au bout")
    one_in = round(first / last)
    if one_in <= 1:
        return _("Les pistes vont au bout")
    return _("Une piste sur %(n)d arrive au bout") % {"n": one_in}


def _goals(demarche, user, operational: int, today: date) -> list[dict]:
    """The démarche's objectives at three years, judged as on the dashboard, each with its curve."""
    start = demarche.starts_on or date(today.year - 1, 1, 1)
    people = queries.mobilisation(user=user, demarche=demarche, on=today)
    engaged, started = queries.both_by_month(demarche=demarche, start=start, end=today)
    driving, running = collect.objectives(demarche, operational=operational, driving=people.driving, day=today)
    companies = Objective("engaged", _("Entreprises engagées"), people.engaged, None, Verdict.UNKNOWN)
    return [
        _goal(driving),
        _goal(companies, _curve(engaged, companies.label)),
        _goal(running, _curve(started, _("Synergies démarrées"))),
    ]


def _curve(points, label: str) -> str:
    """The cumulated months as a small drawing; empty when there is only one."""
    values = [count for _day, count in points]
    if len(values) < 2:
        return ""
    sentence = _("%(label)s : de %(first)s à %(last)s") % {"label": label, "first": values[0], "last": values[-1]}
    return sparkline(values, label=sentence)


def _goal(objective: Objective, chart: str = "") -> dict:
    verdict, tone = {
        Verdict.UNKNOWN: ("", ""),
        Verdict.BELOW: (_("Sous la trajectoire"), "warn"),
    }.get(objective.verdict, (_("Sur la trajectoire"), "done"))
    return {
        "label": objective.label,
        "value": objective.value,
        "target": objective.target,
        "chart": chart,
        "verdict": verdict,
        "tone": tone,
    }
