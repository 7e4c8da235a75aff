"""Tags that say where one is: breadcrumb, tabs, steps, timeline, pages, chips."""

from django import template
from django.utils.functional import Promise

register = template.Library()


def _link(item) -> dict:
    """A link given as a dict, or as a (label, url) pair; a bare string has no address."""
    if isinstance(item, str | Promise):
        return {"label": item, "url": ""}
    if isinstance(item, dict):
        return {"url": "", "count": "", "current": False, "icon": "", **item}
    label, url, *_rest = (*item, "")
    return {"label": label, "url": url, "count": "", "current": False, "icon": ""}


@register.inclusion_tag("components/crumbs.html")
def crumbs(items):
    """Breadcrumb from (label, url) pairs; the last one is the page itself."""
    links = [_link(item) for item in items]
    return {"links": links[:-1], "here": links[-1]["label"] if links else ""}


@register.simple_tag
def crumb_list(*parts):
    """`{% crumb_list "Acteurs" url name "" as trail %}`: pairs from flat arguments, for a page that has no list."""
    return list(zip(parts[::2], (*parts[1::2], "")[: len(parts[::2])], strict=True))


@register.inclusion_tag("components/tabs.html")
def tabs(items, label=""):
    """Tabs that are links: dicts label, url, current, count."""
    return {"links": [_link(item) for item in items], "label": label}


@register.inclusion_tag("components/segments.html")
def segments(items, label):
    """Two or three ways to see the same thing: dicts label, url, current, icon."""
    return {"links": [_link(item) for item in items], "label": label}


@register.inclusion_tag("components/chips.html")
def chips(items, label, clear_url=""):
    """Filters in force: (label, address without it) pairs."""
    return {"links": [_link(item) for item in items], "label": label, "clear_url": clear_url}


@register.inclusion_tag("components/steps.html")
def stepper(steps, current, label=""):
    """Steps of a form: names (or (name, url) pairs) and the number of the one in hand, from 1."""
    position = int(current)
    return {
        "steps": [
            _link(step) | {"done": number < position, "current": number == position}
            for number, step in enumerate(steps, start=1)
        ],
        "label": label,
        "position": position,
        "total": len(steps),
    }


@register.inclusion_tag("components/timeline.html")
def timeline(items):
    """Dated events: dicts label, date, and state `done` or `now`."""
    return {"items": [{"date": None, "state": "", "detail": "", **item} for item in items]}


@register.inclusion_tag("components/pager.html")
def pagination(previous_url="", next_url="", label="", shown="", target=""):
    """Keyset pages: previous and next. With `target`, htmx replaces only that part."""
    return {"previous_url": previous_url, "next_url": next_url, "label": label, "shown": shown, "target": target}


@register.simple_tag(takes_context=True)
def keyset_pagination(context, page, parameter="page", target="", shown="", label=""):
    """Previous and next from a keyset page, keeping the filters of the current address."""
    query = context["request"].GET.copy()

    def address(cursor: str) -> str:
        if not cursor:
            return ""
        query[parameter] = cursor
        return f"?{query.urlencode()}"

    pager = template.loader.get_template("components/pager.html")
    return pager.render(
        pagination(address(page.previous_cursor), address(page.next_cursor), label=label, shown=shown, target=target)
    )
