"""Pages of a démarche served by this ground floor, which does not know how one enters a démarche.

`territories` says it once, at start-up.
"""

from functools import wraps

_demarche_page = None


def register_demarche_page(decorator) -> None:
    """Told once by `territories`: the decorator that signs in, resolves the démarche and checks the right."""
    global _demarche_page
    _demarche_page = decorator


def demarche_page(*, allow=None):
    """See `territories.access.demarche_page`."""

    def decorate(view):
        @wraps(view)
        def page(request, *args, **kwargs):
            return _demarche_page(allow=allow)(view)(request, *args, **kwargs)

        return page

    return decorate
