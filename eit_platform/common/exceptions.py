"""Expected refusals, told in French on pages and in the API alike."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.response import Response


class BusinessError(Exception):
    """An expected refusal: its message says in French what to correct.

    `code` is stable for programs, `field` names the input at fault when there is one.
    """

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY

    def __init__(self, message: str, *, code: str = "refused", field: str | None = None):
        super().__init__(message)
        self.message = message
        self.code = code
        self.field = field


class StaleVersion(BusinessError):
    """Somebody saved the object since it was read: nothing is written, both versions are shown."""

    status_code = status.HTTP_409_CONFLICT

    def __init__(self, message: str = "", *, current=None):
        super().__init__(
            message
            or "Quelqu’un a enregistré cette fiche pendant que vous l’ouvriez. Comparez les deux versions, puis enregistrez.",
            code="stale_version",
        )
        self.current = current


class TooManyAttempts(BusinessError):
    """An attempt counter is exhausted; `retry_after` is in seconds."""

    status_code = status.HTTP_429_TOO_MANY_REQUESTS

    def __init__(self, message: str, *, retry_after: int):
        super().__init__(message, code="too_many_attempts")
        self.retry_after = retry_after


def api_exception_handler(exc, context):
    """The API's answer to any refusal: `{"code", "message", "errors"}`, message in French."""
    # Imported here: the views import the authentication classes, which raise the errors above.
    from rest_framework.views import exception_handler

    if isinstance(exc, BusinessError):
        from django.db import transaction

        if transaction.get_connection().in_atomic_block:
            transaction.set_rollback(True)
        errors = {exc.field: [exc.message]} if exc.field else {}
        response = Response({"code": exc.code, "message": exc.message, "errors": errors}, status=exc.status_code)
        if isinstance(exc, TooManyAttempts):
            response["Retry-After"] = str(exc.retry_after)
        return response
    response = exception_handler(exc, context)
    if response is None:
        return None
    if isinstance(exc, Http404) or response.status_code == 404:
        response.data = {"code": "not_found", "message": "Cette ressource n’existe pas.", "errors": {}}
    elif isinstance(exc, PermissionDenied):
        response.data = {"code": "forbidden", "message": "Votre rôle ne permet pas cette action.", "errors": {}}
    elif isinstance(exc, APIException):
        detail = exc.detail
        if isinstance(detail, dict):
            response.data = {"code": "invalid", "message": "Certains champs sont à corriger.", "errors": detail}
        elif isinstance(detail, list):
            response.data = {"code": "invalid", "message": " ".join(str(d) for d in detail), "errors": {}}
        else:
            response.data = {"code": getattr(detail, "code", "error"), "message": str(detail), "errors": {}}
    return response
