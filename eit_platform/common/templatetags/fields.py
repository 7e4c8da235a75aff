"""Form fields: label, hint, control, unit and error tied together, and the summary of what is to be revised."""

from django import forms, template
from django.utils.safestring import SafeString

register = template.Library()


def _kind(widget) -> str:
    """Which of the shapes of components/field.html a widget takes."""
    if isinstance(widget, forms.CheckboxInput):
        return "choice"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "group"
    if getattr(widget, "use_fieldset", False):
        return "fieldset"
    return "control"


def _described_by(bound, hint) -> str:
    """Ids of the hint and the error, in the order they are read; what the form's author set comes first."""
    ids = [bound.field.widget.attrs.get("aria-describedby", "")]
    if hint:
        ids.append(f"{bound.auto_id}_hint")
    if bound.errors:
        ids.append(f"{bound.auto_id}_error")
    return " ".join(part for part in ids if part)


def control_attributes(bound, hint="", css="") -> dict:
    """HTML attributes of the control: class, invalid state, link to its hint and error, keyboard of a phone.

    A placeholder is dropped: a label says what is asked, and a hint how.
    """
    widget = bound.field.widget
    attributes = {"aria-describedby": _described_by(bound, hint) or None, "aria-invalid": "true" if bound.errors else None}
    if _kind(widget) == "control":
        attributes["class"] = " ".join(part for part in ("input", widget.attrs.get("class", ""), css) if part)
        if widget.attrs.get("placeholder"):
            attributes["placeholder"] = False
    if isinstance(bound.field, forms.DecimalField | forms.FloatField) and "inputmode" not in widget.attrs:
        attributes["inputmode"] = "decimal"
    return {name: value for name, value in attributes.items() if value is not None}


@register.inclusion_tag("components/field.html")
def field(bound, unit="", hint=None, label=None, segmented=False, css="", control_css="", companion=None):
    """One field, complete. `unit` or `companion` (a second bound field, such as the unit's choice) sit at its end.

    `segmented` shows radios as one bar; `hint` and `label` replace the form's own.
    """
    hint = bound.help_text if hint is None else hint
    kind = _kind(bound.field.widget)
    attributes = control_attributes(bound, hint, control_css)
    context = {
        "bound": bound,
        "kind": kind,
        "label": bound.label if label is None else label,
        "hint": hint,
        "required": bound.field.required,
        "unit": unit,
        "segmented": segmented,
        "css": " ".join(part for part in ("field", "field--error" if bound.errors else "", css) if part),
        "hint_id": f"{bound.auto_id}_hint",
        "error_id": f"{bound.auto_id}_error",
        "label_id": f"{bound.auto_id}_label",
        "described_by": attributes.get("aria-describedby", ""),
        "control": "",
        "options": [],
        "companion": "",
    }
    if kind == "group":
        # The group carries the description; each option keeps only its own attributes.
        context["options"] = [
            {"id": option.id_for_label, "label": option.choice_label, "tag": _option(option, segmented)}
            for option in bound.subwidgets
        ]
    else:
        context["control"] = bound.as_widget(attrs=attributes)
    if companion is not None:
        extra = control_attributes(companion) | {"aria-label": str(companion.label)}
        if companion.errors:
            extra["aria-describedby"] = context["error_id"]  # both errors are written under the pair
        context["companion"] = companion.as_widget(attrs=extra)
        context["errors"] = [*bound.errors, *(f"{companion.label}\u00a0: {text}" for text in companion.errors)]
    else:
        context["errors"] = list(bound.errors)
    return context


def _option(option, segmented: bool) -> SafeString:
    """One radio or box without the label Django would wrap it in."""
    if segmented:
        option.data["attrs"]["class"] = "vh"
    return option.tag()


@register.inclusion_tag("components/form_fields.html")
def form_fields(form, skip=""):
    """Every field of a form in its order, hidden ones included; `skip` names some to leave out, by commas."""
    left_out = {name.strip() for name in skip.split(",") if name.strip()}
    return {"fields": [bound for bound in form.visible_fields() if bound.name not in left_out], "hidden": form.hidden_fields()}


@register.inclusion_tag("components/form_errors.html")
def form_errors(form, title=""):
    """What is to be revised, on top of the form, each line leading to its field. Nothing when all is well."""
    problems = []
    if form.is_bound:
        for bound in form:
            label = "" if bound.is_hidden else bound.label
            target = bound.auto_id
            if _kind(bound.field.widget) in ("group", "fieldset"):
                target = f"{bound.auto_id}_0"
            problems += [{"label": label, "target": "" if bound.is_hidden else target, "text": text} for text in bound.errors]
    return {"problems": problems, "general": list(form.non_field_errors()) if form.is_bound else [], "title": title}
