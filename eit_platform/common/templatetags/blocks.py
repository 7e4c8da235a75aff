"""Tags that wrap content: page header, callout, empty state, dialog, chart, filters, section."""

from django import template
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

register = template.Library()

NOTE_ICONS = {"late": "alert", "warn": "info", "done": "circlecheck"}


def _render(name: str, **context) -> SafeString:
    return render_to_string(f"components/{name}.html", context)


def _trimmed(content: str) -> SafeString:
    """What the block rendered, already escaped by its own template; empty when it only holds white space."""
    return SafeString(content.strip())


@register.simple_block_tag
def page_header(content, title, lede="", eyebrow=""):
    """Head of a page: a title that concludes, one sentence under it, and the actions inside the block."""
    return _render("page_header", title=title, lede=lede, eyebrow=eyebrow, actions=_trimmed(content))


@register.simple_block_tag
def section(content, title, id, aside="", link_url="", link_label="", level=2):
    """A section: its title, one fact or link at the end of the line, then what the block holds."""
    return _render(
        "section",
        title=title,
        id=id,
        aside=aside,
        link_url=link_url,
        link_label=link_label,
        heading=f"h{level}",
        content=content,
    )


@register.simple_block_tag
def note(content, tone="", role=""):
    """A callout: `late`, `warn`, `done` or plain. `role="alert"` only for what just went wrong."""
    return _render("note", content=content, tone=tone, icon_name=NOTE_ICONS.get(tone, "info"), role=role)


@register.simple_block_tag
def empty_state(content, title, text="", level=3):
    """Nothing here yet: says why it matters; the block holds what to do next."""
    return _render("empty", title=title, text=text, heading=f"h{level}", actions=_trimmed(content))


@register.simple_block_tag
def dialog(content, id, title):
    """A modal dialog; a button with `data-opens="id"` shows it. Give the same action its own page for no script."""
    return _render("dialog", id=id, title=title, content=content)


@register.simple_block_tag
def chart(content, title, subtitle="", headers=None, rows=None, caption="", numeric=True):
    """A chart: its conclusion, the SVG in the block (`role="img"` and `aria-label`), and its table under it."""
    return _render(
        "chart",
        title=title,
        subtitle=subtitle,
        content=content,
        headers=headers or [],
        rows=rows or [],
        caption=caption or title,
        numeric=numeric,
    )


@register.simple_block_tag
def filter_panel(content, action="", label="", submit="", reset_url="", target="", is_filtered=False):
    """A search form sent by GET. With `target` (a CSS selector), htmx replaces only that part as choices change."""
    return _render(
        "filters",
        content=content,
        action=action,
        label=label,
        submit=submit,
        reset_url=reset_url,
        target=target,
        is_filtered=is_filtered,
    )


@register.simple_block_tag
def disclosure(content, summary, open=False):
    """A detail that opens under its summary."""
    return _render("disclosure", summary=conditional_escape(summary), content=content, open=open)
