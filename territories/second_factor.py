"""Codes of the second factor, counted in PostgreSQL like passwords: six digits must not be tried for ever."""

from allauth.account.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm

from eit_platform.common.exceptions import TooManyAttempts
from operations import attempts

SCOPE, TRIES = "second-factor", 8


class CountedCode(BaseAuthenticateForm):
    """A code of the application or a recovery code: eight tries on an account, then a quarter of an hour."""

    def clean_code(self) -> str:
        try:
            attempts.take(SCOPE, str(self.user.pk), limit=TRIES)
        except TooManyAttempts:
            raise get_adapter().validation_error("too_many_login_attempts") from None
        code = super().clean_code()
        attempts.clear(SCOPE, str(self.user.pk))
        return code


class SignInCodeForm(CountedCode, AuthenticateForm):
    """The code asked after the password."""


class ConfirmationCodeForm(CountedCode, ReauthenticateForm):
    """The code asked again before a security page."""
