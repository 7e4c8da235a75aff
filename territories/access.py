"""Who is asking, in which démarche: outside it is a 404, inside without the right a 403."""

from dataclasses import dataclass
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404

from territories.enums import TEAM_ROLES, Role
from territories.models import Demarche, Membership


@dataclass(frozen=True)
class Access:
    """The person's roles in one démarche; given to every view of it as `request.access`."""

    user: object
    demarche: Demarche
    roles: frozenset[str]

    def has(self, *roles: str) -> bool:
        return bool(self.roles.intersection(roles))

    @property
    def is_manager(self) -> bool:
        return Role.MANAGER in self.roles

    @property
    def is_team(self) -> bool:
        """Manager or colleague: reads every page of the démarche."""
        return self.has(*TEAM_ROLES)

    @property
    def is_elected(self) -> bool:
        return Role.ELECTED in self.roles

    @property
    def is_company_only(self) -> bool:
        return self.roles == {Role.COMPANY}

    @property
    def role_label(self) -> str:
        for role in Role:
            if role in self.roles:
                return str(role.label)
        return ""

    def require(self, allowed: bool) -> None:
        """Raises 403 unless the predicate (from a `perms.py`) holds."""
        if not allowed:
            raise PermissionDenied


def access_for(user, slug: str) -> Access:
    """The access of `user` to the démarche `slug`; Http404 when the person has no role in it."""
    memberships = list(Membership.objects.current().filter(user_id=user.pk, demarche__slug=slug).select_related("demarche"))
    if not memberships:
        raise Http404("Démarche inconnue")
    return Access(user=user, demarche=memberships[0].demarche, roles=frozenset(m.role for m in memberships))


def demarche_page(*, allow=None):
    """Decorator of every page under /d/<slug>/: signs in, resolves the démarche, checks the right.

    `allow` is a predicate of perms.py on the Access; without it, any member of the démarche passes.
    The view keeps its `slug` argument and reads `request.access`.
    """

    def decorate(view):
        @wraps(view)
        @login_required
        def page(request, slug, *args, **kwargs):
            request.access = access_for(request.user, slug)
            if allow is not None:
                request.access.require(allow(request.access))
            return view(request, slug, *args, **kwargs)

        return page

    return decorate
