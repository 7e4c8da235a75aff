"""The one way a small form of the actors is shown, refused and saved."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from eit_platform.common.exceptions import BusinessError, StaleVersion


def edit(request, *, form, verb, title: str, back: str, done: str, trail: list, template: str = "actors/form.html", **context):
    """Shows the form, or calls `verb()` and goes back.

    A refusal is written on its field and nothing typed is lost; when somebody saved meanwhile, both versions are shown
    and the next sending is made on theirs (409).
    """
    stored = []
    if request.method == "POST" and form.is_valid():
        try:
            verb()
        except StaleVersion as error:
            form.add_error(None, error.message)
            stored = _both(form, error.current)
            form.data = form.data.copy()
            form.data["version"] = error.current.version
        except BusinessError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, done)
            return redirect(back)
    status = 409 if stored else 422 if form.is_bound and form.errors else 200
    page = {"form": form, "title": title, "back": back, "trail": trail, "stored": stored, **context}
    return render(request, template, page, status=status)


def _both(form, current) -> list[tuple[str, str, str]]:
    """Label, what was typed and what is stored, for the fields that differ."""
    rows = []
    for bound in form.visible_fields():
        name = bound.name
        if not hasattr(current, name):
            continue
        theirs, mine = getattr(current, name), form.cleaned_data.get(name)
        display = getattr(current, f"get_{name}_display", None)
        if str(getattr(current, f"{name}_id", theirs) or "") != str(getattr(mine, "pk", mine) or ""):
            choices = dict(getattr(bound.field, "choices", []))
            rows.append((str(bound.label), str(choices.get(mine, mine) or "–"), str((display() if display else theirs) or "–")))
    return rows or [(_("Autres champs"), "–", "–")]
