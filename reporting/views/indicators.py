"""Page of the indicators: value of the day, target of the year, score."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from eit_platform.common.exceptions import BusinessError
from reporting import collect, perms, services
from reporting.forms import TargetForm
from territories.access import demarche_page


@require_http_methods(["GET", "HEAD", "POST"])
@demarche_page(allow=perms.read_indicators)
def indicator_list(request, slug):
    """Reads the indicators; the manager sets the targets of the current year."""
    access, today = request.access, timezone.localdate()
    form = None
    if request.method == "POST":
        access.require(perms.set_targets(access))
        form = TargetForm(request.POST)
        if form.is_valid():
            try:
                services.set_target(demarche=access.demarche, actor=request.user, year=today.year, **form.cleaned_data)
            except BusinessError as refusal:
                form.add_error(refusal.field, refusal.message)
            else:
                messages.success(request, _("Cible enregistrée."))
                return redirect("reporting:indicator_list", slug=slug)
    rows = collect.indicator_rows(access.demarche, year=today.year, on=today)
    if perms.set_targets(access):
        for row in rows:
            row["form"] = _form_of(row, form)
    reached = [row for row in rows if row["score"] == 1]
    context = {"rows": rows, "year": today.year, "reached": len(reached), "with_target": sum(bool(r["target"]) for r in rows)}
    return render(request, "reporting/indicator_list.html", context, status=422 if form is not None else 200)


def _form_of(row: dict, sent: TargetForm | None) -> TargetForm:
    """The form of a row; the one that was sent comes back with what was typed and its error."""
    options = {"label": row["label"], "auto_id": f"{row['code']}_%s"}
    if sent is not None and sent.data.get("code") == row["code"]:
        form = TargetForm(sent.data, **options)
        form.full_clean()
        for field, errors in sent.errors.items():
            if field not in form.errors:
                form.add_error(None if field == "__all__" else field, errors)
        return form
    target = None if row["target"] is None else row["target"].normalize()
    return TargetForm(initial={"code": row["code"], "value": f"{target:f}" if target is not None else None}, **options)
