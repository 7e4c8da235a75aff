"""« Que dois-je faire cette semaine ? » : what is late, what is due, what others owe us, in one list."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Window
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actors.models import Engagement
from reporting.models import Report
from synergies.enums import SILENCE_DAYS, LeadState, QuestionnaireState, SynergyStage
from synergies.models import Lead, Questionnaire, Synergy

UNANSWERED_DAYS = 10
WEEK = timedelta(days=7)
FRESH_LEADS = 4
SHOWN = {"late": 8, "todo": 6, "waiting": 4}  # the rest opens under the group: a week must be read at a glance


@dataclass
class Task:
    """One line of the week: what, about whom, since or until when, and the one thing to do."""

    title: str
    url: str
    meta: str = ""
    stage: str = ""
    side: str = ""
    due: date | None = None
    weight: float = 0


@dataclass
class Week:
    """The three groups of the home page, each sorted by what presses most."""

    late: list[Task] = field(default_factory=list)
    todo: list[Task] = field(default_factory=list)
    waiting: list[Task] = field(default_factory=list)
    fresh_leads: list[Lead] = field(default_factory=list)

    @property
    def groups(self) -> list[dict]:
        """The groups as the page shows them: those first, then those under « voir la suite »."""
        kinds = (
            ("late", _("En retard"), self.late, "alert", "tag--late"),
            ("todo", _("À faire"), self.todo, "clock", ""),
            ("waiting", _("Attendu des autres"), self.waiting, "wait", "tag--wait"),
        )
        return [
            {
                "kind": "wait" if kind == "waiting" else kind,
                "label": label,
                "icon": icon,
                "tag": tag,
                "first": tasks[: SHOWN[kind]],
                "rest": tasks[SHOWN[kind] :],
                "more": ngettext("Voir %(n)d autre", "Voir les %(n)d autres", len(tasks) - SHOWN[kind])
                % {"n": len(tasks) - SHOWN[kind]},
            }
            for kind, label, tasks, icon, tag in kinds
            if tasks
        ]

    @property
    def is_empty(self) -> bool:
        return not (self.late or self.todo or self.waiting)


def _days_late(due: date, today: date) -> str:
    days = (today - due).days
    return ngettext("En retard de %(days)d jour", "En retard de %(days)d jours", days) % {"days": days}


def _place(week: Week, task: Task, today: date) -> None:
    if task.due is not None and task.due < today:
        task.side = _days_late(task.due, today)
        week.late.append(task)
    elif task.due is None or task.due <= today + WEEK:
        week.todo.append(task)


def build_week(*, user, demarche, today: date) -> Week:
    """Everything that asks for somebody's hand in the démarche; the person's own tasks come first.

    `today` is an argument so that the list is the same at any hour of a test.
    """
    week = Week()
    _synergy_tasks(week, user, demarche, today)
    _engagement_tasks(week, user, demarche, today)
    _lead_task(week, user, demarche)
    _questionnaire_task(week, user, demarche, today)
    _report_tasks(week, user, demarche, today)
    week.late.sort(key=lambda task: (task.due or today, -task.weight))
    week.todo.sort(key=lambda task: (task.due or today + WEEK, -task.weight))
    week.waiting.sort(key=lambda task: (task.due or today, -task.weight))
    return week


def _synergy_tasks(week: Week, user, demarche, today: date) -> None:
    synergies = (
        Synergy.objects.visible_to(user).in_demarche(demarche).exclude(stage__in=[SynergyStage.DROPPED, SynergyStage.PAUSED])
    )
    for synergy in synergies.select_related("next_step_owner"):
        url = reverse("synergies:synergy_detail", args=[demarche.slug, synergy.uuid])
        owner = synergy.next_step_owner.full_name if synergy.next_step_owner else ""
        silent = (today - synergy.last_activity_on).days
        base = {"url": url, "stage": synergy.stage, "weight": float(synergy.yearly_quantity or 0)}
        if synergy.next_step and synergy.waiting_on:
            meta = _("%(title)s · on attend %(who)s") % {"title": synergy.title, "who": synergy.waiting_on}
            days = (today - synergy.last_activity_on).days
            side = _("Attendu, %(days)d j") % {"days": days} if days else _("Attendu")
            week.waiting.append(Task(title=synergy.next_step, meta=meta, side=side, due=synergy.next_step_due, **base))
        elif synergy.next_step:
            meta = " · ".join(part for part in (synergy.title, owner) if part)
            task = Task(title=synergy.next_step, meta=meta, due=synergy.next_step_due, **base)
            _place(week, task, today)
        elif silent > SILENCE_DAYS.get(synergy.stage, 365):
            since = ngettext("sans nouvelles depuis %(days)d jour", "sans nouvelles depuis %(days)d jours", silent) % {
                "days": silent
            }
            week.todo.append(
                Task(title=_("Relancer : %(title)s") % {"title": synergy.title}, meta=since, side=_("Silence"), **base)
            )


def _engagement_tasks(week: Week, user, demarche, today: date) -> None:
    engagements = (
        Engagement.objects.visible_to(user)
        .in_demarche(demarche)
        .filter(next_step_due__lte=today + WEEK)
        .exclude(next_step="")
        .select_related("establishment__commune", "next_step_owner")[:100]
    )
    for engagement in engagements:
        site = engagement.establishment
        place = site.commune.name if site.commune else ""
        task = Task(
            title=engagement.next_step,
            url=reverse("actors:detail", args=[demarche.slug, site.uuid]),
            meta=" · ".join(part for part in (site.name, place) if part),
            due=engagement.next_step_due,
        )
        _place(week, task, today)


def _lead_task(week: Week, user, demarche) -> None:
    leads = Lead.objects.visible_to(user).in_demarche(demarche).filter(state=LeadState.NEW)
    week.fresh_leads = list(leads.annotate(to_sort=Window(Count("pk"))).order_by("-score", "id")[:FRESH_LEADS])
    if week.fresh_leads:
        count = week.fresh_leads[0].to_sort
        title = ngettext("Trier %(count)d piste", "Trier %(count)d pistes", count) % {"count": count}
        url = reverse("synergies:lead_list", args=[demarche.slug])
        week.todo.append(Task(title=title, url=url, meta=_("Les mieux notées viennent en premier"), side=_("À trier")))


def _questionnaire_task(week: Week, user, demarche, today: date) -> None:
    unanswered = (
        Questionnaire.objects.visible_to(user)
        .in_demarche(demarche)
        .filter(
            state__in=[QuestionnaireState.SENT, QuestionnaireState.OPENED],
            sent_at__date__lt=today - timedelta(days=UNANSWERED_DAYS),
        )
        .count()
    )
    if unanswered:
        title = ngettext(
            "Relancer %(count)d questionnaire sans réponse", "Relancer %(count)d questionnaires sans réponse", unanswered
        ) % {"count": unanswered}
        url = reverse("synergies:campaign_list", args=[demarche.slug])
        meta = _("envoyés il y a plus de %(days)d jours") % {"days": UNANSWERED_DAYS}
        week.waiting.append(Task(title=title, url=url, meta=meta, side=_("Attendu")))


def _report_tasks(week: Week, user, demarche, today: date) -> None:
    drafts = Report.objects.visible_to(user).in_demarche(demarche).filter(state="draft")
    for report in drafts[:5]:
        task = Task(
            title=_("Relire et figer : %(title)s") % {"title": report.title},
            url=reverse("reporting:report_detail", args=[demarche.slug, report.uuid]),
            meta=_("Brouillon préparé, vos mots manquent"),
            due=report.due_on,
        )
        _place(week, task, today)
