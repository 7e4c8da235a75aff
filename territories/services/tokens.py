"""API tokens: shown once, kept as a hash."""

import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from operations.audit import record
from territories.authentication import token_hash
from territories.models import ApiToken


@transaction.atomic
def create_api_token(*, user, name: str, scopes: list[str], expires_at=None) -> tuple[ApiToken, str]:
    """A new token and its secret, which nobody can read again."""
    secret = f"bcl_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(user=user, name=name, scopes=scopes, expires_at=expires_at, token_hash=token_hash(secret))
    record(verb="token.created", summary=_("Jeton d’API « %(name)s » créé") % {"name": name}, actor=user, target=token)
    return token, secret


@transaction.atomic
def revoke_api_token(*, user, token: ApiToken) -> ApiToken:
    """The token stops working at once."""
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at", "updated_at"])
    record(verb="token.revoked", summary=_("Jeton d’API « %(name)s » révoqué") % {"name": token.name}, actor=user, target=token)
    return token
