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
from reporting import queries
from synergies.models import Synergy
from territories.access import demarche_page
from workspace.agenda import Week, build_week


@require_safe
@demarche_page()
def demarche_home(request, slug):
    """The team's week; others are led to the page made for them."""
    access = request.access
    if access.demarche.is_documentary and not access.is_company_only:
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
    funnel = queries.stage_funnel(synergies)
    context = {
        "today": capfirst(date_format(today, "l j F Y")),
        "headline": _headline(week),
        "subline": _subline(week),
        "week": week,
        "funnel": funnel,
        "funnel_title": _funnel_title(funnel),
        "fresh_leads": week.fresh_leads,
        "goals": _goals(access.demarche, request.user, today),
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
    return _("À commencer par : %(title)s") % {"title": first.title}


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


def _goals(demarche, user, today: date) -> list[dict]:
    """The démarche's objectives at three years, each with its curve."""
    start = demarche.starts_on or date(today.year - 1, 1, 1)
    people = queries.mobilisation(user=user, demarche=demarche, on=today)
    engaged = queries.engaged_by_month(demarche=demarche, start=start, end=today)
    running = queries.running_by_month(demarche=demarche, start=start, end=today)
    goals = [
        _goal(_("Acteurs moteurs"), people.driving, demarche.driving_actors_target, [], demarche, today),
        _goal(_("Entreprises engagées"), people.engaged, None, [n for _day, n in engaged], demarche, today),
        _goal(
            _("Synergies en fonctionnement"),
            running[-1][1] if running else 0,
            demarche.synergies_target,
            [n for _day, n in running],
            demarche,
            today,
        ),
    ]
    return goals


def _goal(label: str, value: int, target: int | None, values: list[int], demarche, today: date) -> dict:
    verdict, tone = "", ""
    if target and demarche.starts_on and demarche.ends_on:
        span = (demarche.ends_on - demarche.starts_on).days
        due = target * min(1, max(0, (today - demarche.starts_on).days / span))
        verdict, tone = (_("Sur la trajectoire"), "done") if value >= due * 0.9 else (_("Sous la trajectoire"), "warn")
    chart = ""
    if len(values) > 1:
        sentence = _("%(label)s : de %(first)s à %(last)s") % {"label": label, "first": values[0], "last": values[-1]}
        chart = sparkline(values, label=sentence)
    return {"label": label, "value": value, "target": target, "chart": chart, "verdict": verdict, "tone": tone}
