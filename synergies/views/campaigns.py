"""Pages of campaigns: choosing establishments, writing, sending, following the answers."""

import uuid as uuid_module
from contextlib import suppress

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actors.models import Establishment
from eit_platform.common.exceptions import BusinessError, StaleVersion
from eit_platform.common.pagination import keyset_page
from eit_platform.common.text import fold
from operations.idempotency import once_per_form
from synergies import perms
from synergies.emails import campaign_mail
from synergies.enums import QuestionnaireState
from synergies.forms.campaigns import DEFAULT_BODY, DEFAULT_SUBJECT, CampaignForm, RecipientForm
from synergies.models import Campaign, Questionnaire
from synergies.services import campaigns as services
from territories.access import demarche_page

SITES_SHOWN = 100
STATES = (  # what is counted in the results, in the order people read it
    ("sent", gettext_lazy("envoyés"), Q(questionnaires__sent_at__isnull=False)),
    ("opened", gettext_lazy("ouverts"), Q(questionnaires__opened_at__isnull=False)),
    ("started", gettext_lazy("commencés"), Q(questionnaires__started_at__isnull=False)),
    ("finished", gettext_lazy("terminés"), Q(questionnaires__state=QuestionnaireState.FINISHED)),
    ("refused", gettext_lazy("refusés"), Q(questionnaires__state=QuestionnaireState.REFUSED)),
)


def _campaigns(request):
    return Campaign.objects.visible_to(request.user).in_demarche(request.access.demarche)


def _questionnaire(request, uuid):
    rows = Questionnaire.objects.visible_to(request.user).in_demarche(request.access.demarche)
    return get_object_or_404(rows.select_related("campaign", "establishment__demarche", "contact", "demarche"), uuid=uuid)


def _sites(request):
    return Establishment.objects.visible_to(request.user).in_demarche(request.access.demarche).open()


def _with_counts(rows):
    counts = {f"n_{code}": Count("questionnaires", filter=condition) for code, _label, condition in STATES}
    return rows.annotate(n_all=Count("questionnaires"), **counts)


def _search(request, exclude=()):
    """Establishments found by name, and their best contact."""
    text = request.GET.get("q", "").strip()
    rows = _sites(request).exclude(pk__in=exclude)
    for word in fold(text).split()[:6]:
        rows = rows.filter(folded_name__contains=word)
    found = list(rows.select_related("commune", "naf").order_by("folded_name", "id")[: SITES_SHOWN + 1])
    return text, found[:SITES_SHOWN], len(found) > SITES_SHOWN


@require_safe
@demarche_page(allow=perms.read_campaigns)
def campaign_list(request, slug):
    """Campaigns, the last one first, and how far each went."""
    page = keyset_page(_with_counts(_campaigns(request)), order=["-id"], cursor=request.GET.get("page", ""))
    return render(request, "synergies/campaign_list.html", {"page": page, "may_send": perms.send_campaigns(request.access)})


@require_http_methods(["GET", "POST"])
@demarche_page(allow=perms.send_campaigns)
@once_per_form
def campaign_create(request, slug):
    """A message and the establishments it goes to; `?etablissement=` ticks one already."""
    chosen = request.POST.getlist("establishments") or request.GET.getlist("etablissement")
    initial = {
        "title": _("Questionnaire du %(day)s") % {"day": timezone.localdate().strftime("%d/%m/%Y")},
        "message_subject": str(DEFAULT_SUBJECT),
        "message_body": str(DEFAULT_BODY),
    }
    form = CampaignForm(request.POST or None, initial=initial)
    picked = list(_sites(request).filter(uuid__in=_uuids(chosen)).select_related("commune", "naf"))
    choice_error = ""
    if request.method == "POST" and form.is_valid():
        try:
            campaign = services.create_campaign(
                actor=request.user, demarche=request.access.demarche, establishments=picked, **_message(form)
            )
        except BusinessError as error:
            if error.field in form.fields:
                form.add_error(error.field, error.message)
            else:
                choice_error = error.message
        else:
            return redirect("synergies:campaign_detail", slug=slug, uuid=campaign.uuid)
    query, found, has_more = _search(request, exclude=[site.pk for site in picked])
    rows = [*picked, *found]
    contacts = services.best_contacts(rows)
    context = {
        "form": form,
        "q": query,
        "has_more": has_more,
        "choice_error": choice_error,
        "rows": [{"site": site, "contact": contacts.get(site.pk), "checked": site in picked} for site in rows],
    }
    failed = bool(choice_error or (form.is_bound and form.errors))
    return render(request, "synergies/campaign_create.html", context, status=422 if failed else 200)


def _uuids(texts) -> list[uuid_module.UUID]:
    """The readable ones: an altered value chooses nothing."""
    found = []
    for text in texts:
        with suppress(ValueError):
            found.append(uuid_module.UUID(text))
    return found


def _message(form) -> dict:
    return {name: form.cleaned_data[name] for name in ("title", "message_subject", "message_body", "closes_on")}


@require_safe
@demarche_page(allow=perms.read_campaigns)
def campaign_detail(request, slug, uuid):
    """Before sending: recipients and preview. After: who opened, began, finished or refused."""
    campaign = get_object_or_404(_with_counts(_campaigns(request)).select_related("author"), uuid=uuid)
    may_send = perms.send_campaigns(request.access)
    rows = (
        Questionnaire.objects.visible_to(request.user)
        .filter(campaign=campaign)
        .select_related("establishment__commune", "contact", "demarche")
    )
    if campaign.sent_at is None:
        return _prepared(request, campaign, rows, may_send)
    now = timezone.now()
    rows = rows.annotate(
        n_answers=Count("drafts", distinct=True),
        n_live=Count("links", filter=Q(links__revoked_at=None, links__expires_at__gt=now), distinct=True),
    )
    wanted = request.GET.get("etat", "")
    if wanted in QuestionnaireState.values:
        rows = rows.filter(state=wanted)
    context = {
        "campaign": campaign,
        "may_send": may_send,
        "page": keyset_page(rows, order=["-id"], cursor=request.GET.get("page", "")),
        "counts": [(label, getattr(campaign, f"n_{code}")) for code, label, _condition in STATES],
        "state": wanted,
        "states": [(code, label) for code, label in QuestionnaireState.choices if code != QuestionnaireState.TO_SEND],
    }
    return render(request, "synergies/campaign_detail.html", context)


def _prepared(request, campaign, rows, may_send, *, faulty=None, status=200):
    recipients = list(rows.order_by("establishment__folded_name", "id"))
    sample = next((row for row in recipients if row.recipient), recipients[0] if recipients else None)
    subject, body = "", ""
    if sample is not None:
        link = f"{settings.SITE_URL}/q/…"  # the address that leaves, whatever the one this page was asked by
        subject, body = campaign_mail(campaign, sample, expires_on=services.link_end(campaign), link=link)
    context = {
        "campaign": campaign,
        "may_send": may_send,
        "recipients": recipients,
        "missing": sum(1 for row in recipients if not row.recipient),
        "sample": sample,
        "subject": subject,
        "body": body,
        "faulty": faulty,
    }
    return render(request, "synergies/campaign_prepare.html", context, status=status)


@require_http_methods(["GET", "POST"])
@demarche_page(allow=perms.send_campaigns)
def campaign_edit(request, slug, uuid):
    """Rewrites the message before it leaves."""
    campaign = get_object_or_404(_campaigns(request), uuid=uuid)
    if campaign.sent_at is not None:
        return redirect("synergies:campaign_detail", slug=slug, uuid=campaign.uuid)
    names = ("title", "message_subject", "message_body", "closes_on", "version")
    form = CampaignForm(request.POST or None, initial={name: getattr(campaign, name) for name in names})
    status, current = None, None
    if request.method == "POST" and form.is_valid():
        try:
            version = form.cleaned_data["version"] or 0
            services.change_message(actor=request.user, campaign=campaign, version=version, **_message(form))
        except StaleVersion as stale:
            current, status = stale.current, 409
            data = form.data.copy()
            data["version"] = current.version
            form = CampaignForm(data)
        except BusinessError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, _("Message enregistré."))
            return redirect("synergies:campaign_detail", slug=slug, uuid=uuid)
    context = {"campaign": campaign, "form": form, "current": current}
    failed = request.method == "POST" and form.errors
    return render(request, "synergies/campaign_edit.html", context, status=status or (422 if failed else 200))


@require_http_methods(["GET", "POST"])
@demarche_page(allow=perms.send_campaigns)
def campaign_add(request, slug, uuid):
    """Adds establishments to a campaign being prepared."""
    campaign = get_object_or_404(_campaigns(request), uuid=uuid)
    if request.method == "POST":
        picked = _sites(request).filter(uuid__in=_uuids(request.POST.getlist("establishments")))
        count = services.add_establishments(actor=request.user, campaign=campaign, establishments=picked)
        messages.success(
            request,
            ngettext("%(count)s établissement ajouté.", "%(count)s établissements ajoutés.", count) % {"count": count},
        )
        return redirect("synergies:campaign_detail", slug=slug, uuid=uuid)
    query, found, has_more = _search(request, exclude=campaign.questionnaires.values("establishment_id"))
    contacts = services.best_contacts(found)
    rows = [{"site": site, "contact": contacts.get(site.pk), "checked": False} for site in found]
    return render(
        request, "synergies/campaign_add.html", {"campaign": campaign, "q": query, "rows": rows, "has_more": has_more}
    )


@require_POST
@demarche_page(allow=perms.send_campaigns)
def campaign_send(request, slug, uuid):
    """Sends; pressed twice, it sends once."""
    campaign = get_object_or_404(_campaigns(request), uuid=uuid)
    try:
        count = services.send_campaign(actor=request.user, campaign=campaign)
    except BusinessError as error:
        messages.error(request, error.message)
    else:
        if count:
            messages.success(
                request,
                ngettext(
                    "Questionnaire envoyé à %(count)s établissement.", "Questionnaire envoyé à %(count)s établissements.", count
                )
                % {"count": count},
            )
    return redirect("synergies:campaign_detail", slug=slug, uuid=uuid)


@require_POST
@demarche_page(allow=perms.send_campaigns)
def campaign_recipient(request, slug, uuid):
    """Says to whom one establishment's message goes."""
    row = _questionnaire(request, uuid)
    form = RecipientForm(request.POST)
    if form.is_valid():
        try:
            services.set_recipient(actor=request.user, questionnaire=row, **form.cleaned_data)
        except BusinessError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            return redirect("synergies:campaign_detail", slug=slug, uuid=row.campaign.uuid)
    campaign = get_object_or_404(_with_counts(_campaigns(request)).select_related("author"), pk=row.campaign_id)
    rows = (
        Questionnaire.objects.visible_to(request.user)
        .filter(campaign=campaign)
        .select_related("establishment__commune", "contact", "demarche")
    )
    return _prepared(request, campaign, rows, True, faulty={"row": row, "form": form}, status=422)


@require_POST
@demarche_page(allow=perms.send_campaigns)
def campaign_remove(request, slug, uuid):
    """Takes one establishment out before sending."""
    row = _questionnaire(request, uuid)
    campaign = row.campaign
    services.remove_establishment(actor=request.user, questionnaire=row)
    return redirect("synergies:campaign_detail", slug=slug, uuid=campaign.uuid)


@require_POST
@demarche_page(allow=perms.send_campaigns)
@once_per_form
def campaign_resend(request, slug, uuid):
    """Sends one message again, with a new link."""
    row = _questionnaire(request, uuid)
    try:
        services.resend(actor=request.user, questionnaire=row)
    except BusinessError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Message renvoyé à %(site)s.") % {"site": row.establishment.name})
    return redirect("synergies:campaign_detail", slug=slug, uuid=row.campaign.uuid)


@require_POST
@demarche_page(allow=perms.send_campaigns)
def campaign_revoke(request, slug, uuid):
    """Closes the links of one establishment."""
    row = _questionnaire(request, uuid)
    services.revoke_links(actor=request.user, questionnaire=row)
    messages.success(request, _("Lien révoqué\u00a0: il n’ouvre plus rien."))
    return redirect("synergies:campaign_detail", slug=slug, uuid=row.campaign.uuid)
