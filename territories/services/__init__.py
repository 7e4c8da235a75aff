from territories.services.invitations import (
    accept_invitation,
    create_account_and_accept,
    find_invitation,
    invite,
    pending_invitation,
    revoke_invitation,
)
from territories.services.memberships import change_demarche, create_operator, end_membership, open_demarche
from territories.services.tokens import create_api_token, revoke_api_token

__all__ = [
    "accept_invitation",
    "change_demarche",
    "create_account_and_accept",
    "create_api_token",
    "create_operator",
    "end_membership",
    "find_invitation",
    "invite",
    "open_demarche",
    "pending_invitation",
    "revoke_api_token",
    "revoke_invitation",
]
