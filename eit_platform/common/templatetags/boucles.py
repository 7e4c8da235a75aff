"""The design system in templates: French filters, icons, badges, figures and the frame of a page.

Built into every template. Each tag has defaults for what is optional, so a page only passes what it knows.
"""

from datetime import date, datetime

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eit_platform.common import formats
from eit_platform.common.templatetags import blocks, fields, navigation

register = template.Library()
for part in (blocks, fields, navigation):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)

# Codes of the domain and the words that show them. A page may pass its own label.
STAGES = {
    "lead": (1, gettext_lazy("Piste")),
    "qualified": (2, gettext_lazy("Qualifiée")),
    "study": (3, gettext_lazy("Étude de faisabilité")),
    "negotiation": (4, gettext_lazy("Négociation")),
    "running": (5, gettext_lazy("Mise en œuvre")),
    "sustained": (6, gettext_lazy("Pérennisée")),
    "paused": (0, gettext_lazy("En pause")),
    "dropped": (0, gettext_lazy("Abandonnée")),
}
FAMILIES = {
    "matter": gettext_lazy("Matière"),
    "energy": gettext_lazy("Énergie"),
    "water": gettext_lazy("Eau"),
    "land": gettext_lazy("Foncier et locaux"),
    "equipment": gettext_lazy("Équipement"),
    "skill": gettext_lazy("Compétence"),
    "service": gettext_lazy("Service"),
    "logistics": gettext_lazy("Logistique"),
    "purchase": gettext_lazy("Achat"),
}
FIGURE_STATES = {
    "realised": gettext_lazy("réalisé"),
    "expected": gettext_lazy("attendu"),
    "potential": gettext_lazy("potentiel"),
}
SIGNAL_ICONS = {"late": "alert", "warn": "info", "wait": "wait", "done": "check", "accent": "info"}


# --- Filters ---------------------------------------------------------------------------------------------------------
def _subscripts(text: str) -> SafeString:
    """Our fonts have no ₂: it becomes a real subscript, the rest is escaped."""
    return format_html_join(SafeString("<sub>2</sub>"), "{}", ((part,) for part in text.split("₂")))


@register.filter
def fr_number(value, digits=None) -> str:
    """`{{ 1240.5|fr_number }}` gives « 1 240,5 »; `:1` asks for exactly one decimal; « – » when missing."""
    return formats.number(value, None if digits is None else int(digits))


@register.filter
def quantity(value, unit="") -> SafeString:
    """`{{ flow.yearly|quantity:"t/an" }}` gives « 1 240 t/an » on one line."""
    return _subscripts(formats.quantity(value, unit))


@register.filter
def unit(code) -> SafeString:
    """A unit alone, as printed: m3 → m³, tCO2e with a true subscript."""
    return _subscripts(formats.unit(code))


@register.filter
def money(value, scale="") -> str:
    """`{{ amount|money }}` gives « 8 400 € »; `:"k"` gives k€."""
    return formats.money(value, scale)


@register.filter
def distance(value) -> str:
    """Kilometres for people: « 800 m », « 3,4 km », « 11 km », « distance inconnue »."""
    return formats.distance(value)


def _local(value):
    """A date or an aware datetime brought to the reader's time zone; None for anything else."""
    if isinstance(value, datetime):
        return timezone.localtime(value) if timezone.is_aware(value) else value
    return value if isinstance(value, date) else None


def _day(value) -> date | None:
    local = _local(value)
    return local.date() if isinstance(local, datetime) else local


@register.filter
def fr_date(value, style="long") -> str:
    """A date: « 23 novembre 2026 »; styles `short`, `day` (lundi 23 novembre), `weekday` (with the year), `time`."""
    local, day = _local(value), _day(value)
    if day is None:
        return formats.MISSING
    if style == "short":
        return formats.short_date(day)
    if style == "day":
        return formats.long_date(day, weekday=True, year=False)
    if style == "weekday":
        return formats.long_date(day, weekday=True)
    if style == "time" and isinstance(local, datetime):
        return f"{formats.long_date(day)} à {formats.clock(local)}"
    return formats.long_date(day)


@register.filter
def since_days(value) -> str:
    """« il y a 24 jours », « hier », « dans 3 jours », counted in the reader's time zone."""
    day = _day(value)
    return formats.MISSING if day is None else formats.from_today(day, timezone.localdate())


@register.filter
def days_since(value) -> int | str:
    """Whole days since that day, negative when it is ahead, to compare in an `if`; empty when there is no date."""
    day = _day(value)
    return "" if day is None else (timezone.localdate() - day).days


@register.filter
def plural(amount, words) -> str:
    """`{{ 3|plural:"établissement,établissements" }}`: number and word, singular below two."""
    singular, _comma, many = words.partition(",")
    return formats.count(int(amount or 0), singular, many)


@register.filter
def iso(value) -> str:
    """The machine form for `<time datetime>`; empty when there is none."""
    local = _local(value)
    return local.isoformat() if local else ""


@register.filter
def browser(user_agent) -> str:
    """« Firefox sur Windows » from a user agent."""
    return formats.browser(user_agent)


# --- Small pieces -----------------------------------------------------------------------------------------------------
@register.simple_tag
def icon(name, label="", size="") -> SafeString:
    """One icon of the sprite; decorative unless it has a label. `size="l"` is the large one."""
    css = "i i--l" if size == "l" else "i"
    href = f"{static('img/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', css, label, href)
    return format_html('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"/></svg>', css, href)


@register.inclusion_tag("components/figure.html")
def figure(value, unit="", label="", state="", size="", digits=None, show_state=True):
    """A large figure: value, unit, what it is, and whether it is realised, expected or potential."""
    return {
        "number": formats.number(value, digits),
        "unit": _subscripts(formats.unit(unit)),
        "label": label,
        "state": state,
        "state_label": FIGURE_STATES.get(state, "") if show_state else "",
        "css": f"fig fig--{size}" if size in ("s", "l") else "fig",
    }


@register.inclusion_tag("components/stage.html")
def stage_badge(code, label="", index=None):
    """Stage of a synergy: a ring that fills by sixths and its word."""
    position, word = STAGES.get(code, (0, code))
    return {"code": code, "label": label or word, "index": position if index is None else index}


@register.simple_tag
def family_badge(code, label="") -> SafeString:
    """Family of flows: a short pipe in its colour, and its word beside."""
    return format_html('<span class="fam fam--{}">{}</span>', code, label or FAMILIES.get(code, code))


@register.simple_tag
def signal(tone, text, icon_name="") -> SafeString:
    """A signal: `late`, `warn`, `wait`, `done` or `accent`; always an icon and a word."""
    return format_html('<span class="tag tag--{}">{} {}</span>', tone, icon(icon_name or SIGNAL_ICONS.get(tone, "info")), text)


@register.simple_tag
def tag(text, tone="", icon_name="") -> SafeString:
    """A plain label; `tone` may be `offer`, `need` or a signal's."""
    css = f"tag tag--{tone}" if tone else "tag"
    return format_html('<span class="{}">{}{}</span>', css, format_html("{} ", icon(icon_name)) if icon_name else "", text)


@register.simple_tag
def direction_badge(direction) -> SafeString:
    """« Offre » or « Besoin »."""
    return tag(_("Besoin") if direction == "need" else _("Offre"), "need" if direction == "need" else "offer")


@register.simple_tag
def avatar(name, size="") -> SafeString:
    """Initials in a circle. Decorative: the name is written beside, or in the title."""
    letters = "".join(word[0] for word in str(name).replace("-", " ").split()[:2]).upper()
    css = "avatar avatar--s" if size == "s" else "avatar"
    return format_html('<span class="{}" aria-hidden="true">{}</span>', css, letters)


def _percent(value) -> str:
    """Between 0 and 100, for a geometry attribute: a point, no space."""
    share = formats.as_decimal(value) or 0
    return f"{float(max(0, min(100, share))):g}"


@register.inclusion_tag("components/bar.html")
def bar(percent, size="", tone="v", goal=None):
    """A horizontal bar in per cent; `tone`: v accent, v2, n need, w warn, x late; `goal` marks a target in per cent."""
    return {
        "percent": _percent(percent),
        "tone": tone,
        "css": f"bar bar--{size}" if size in ("s", "l") else "bar",
        "goal": "" if goal is None else _percent(goal),
    }


@register.inclusion_tag("components/progress.html")
def progress(percent, label, detail="", cancel_url=""):
    """Progress of a job: what it is, how far, and a bar that assistive technology can read."""
    return {"percent": _percent(percent), "label": label, "detail": detail, "cancel_url": cancel_url}


@register.inclusion_tag("components/toast.html")
def toast(text, tone="done", action_label="", action_url=""):
    """What just happened, in one sentence, with a way back when there is one."""
    return {"text": text, "icon_name": SIGNAL_ICONS.get(tone, "check"), "action_label": action_label, "action_url": action_url}


@register.inclusion_tag("components/toast.html")
def message_toast(message):
    """A Django message as a toast."""
    tones = {"error": "late", "warning": "warn", "info": "accent"}
    return toast(str(message), tones.get(message.level_tag, "done"))


@register.inclusion_tag("components/data_table.html")
def data_table(headers, rows, caption="", dense=True, numeric=True):
    """A table of plain values: first cell of a row is its heading; turns into cards where room is short.

    `numeric` aligns every other column to the right.
    """
    headers = list(headers)
    return {
        "headers": headers,
        "rows": [
            {"head": row[0], "cells": [{"label": h, "value": v} for h, v in zip(headers[1:], row[1:], strict=False)]}
            for row in rows
        ],
        "caption": caption,
        "dense": dense,
        "numeric": numeric,
    }
