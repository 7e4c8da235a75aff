"""How allauth behaves here: nobody signs up alone, and failures are counted in PostgreSQL."""

from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter

from eit_platform.common.client import client_ip
from eit_platform.common.exceptions import TooManyAttempts
from operations import attempts

PER_ACCOUNT = 8
PER_ADDRESS = 40
MAILS_PER_ACCOUNT = 5
WINDOW = timedelta(minutes=15)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from invitations only; eight failures on an account, forty from an address, then a quarter of an hour.

    Tries on an account are counted before they are judged: those sent at the same instant are all counted.
    """

    def is_open_for_signup(self, request) -> bool:
        return False

    def pre_authenticate(self, request, **credentials) -> None:
        try:
            attempts.check("login-ip", client_ip(request), limit=PER_ADDRESS, window=WINDOW)
            attempts.take("login", _account(credentials), limit=PER_ACCOUNT, window=WINDOW)
        except TooManyAttempts:
            raise self.validation_error("too_many_login_attempts") from None

    def authenticate(self, request, **credentials):
        self.pre_authenticate(request, **credentials)
        user = _authenticate(request, credentials)
        if user is None:
            attempts.fail("login-ip", client_ip(request))
        else:
            attempts.clear("login", _account(credentials))
        return user

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Codes and notices of an account: at most five in a quarter of an hour, the next ones are not sent.

        The page's answer is the same, so that nobody learns which addresses have an account.
        """
        try:
            attempts.check("account-mail", email.lower(), limit=MAILS_PER_ACCOUNT, window=WINDOW)
        except TooManyAttempts:
            return
        attempts.fail("account-mail", email.lower())
        super().send_mail(template_prefix, email, context)


def _account(credentials: dict) -> str:
    return str(credentials.get("email") or credentials.get("username") or credentials.get("login") or "").lower()


def _authenticate(request, credentials: dict):
    from allauth.account.auth_backends import AuthenticationBackend
    from django.contrib.auth import authenticate

    AuthenticationBackend.unstash_authenticated_user()
    user = authenticate(request, **credentials)
    return user or AuthenticationBackend.unstash_authenticated_user()
