"""One URL, one view, one template: htmx receives a named part of it."""

from django.shortcuts import render


def render_part(request, template: str, context: dict, *, part: str, status: int = 200):
    """The whole page, or only `{% partialdef part %}` of it when htmx asks for a fragment."""
    is_fragment = bool(getattr(request, "htmx", False)) and not request.htmx.boosted
    name = f"{template}#{part}" if is_fragment else template
    return render(request, name, context, status=status)
