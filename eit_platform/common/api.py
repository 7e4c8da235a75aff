"""What every API view declares: the refusals it may answer, all of one shape."""

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers


class ErrorSerializer(serializers.Serializer):
    """A refusal: `code` for programs, `message` in French for people, `errors` by field."""

    code = serializers.CharField()
    message = serializers.CharField()
    errors = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


_WORDS = {
    400: "Champs à corriger, ou corps illisible.",
    401: "Jeton absent, inconnu, expiré ou révoqué.",
    403: "Le rôle ou le jeton ne permet pas cette action.",
    404: "Ressource inconnue, ou hors de portée.",
    409: "La ressource a changé depuis sa lecture.",
    412: "La version attendue n’est plus la bonne.",
    415: "Le corps n’est pas du JSON.",
    422: "Refus attendu, dit dans `message`.",
    429: "Trop d’appels : voir Retry-After.",
}

# `@extend_schema(responses={200: MySerializer, **ERRORS})`
ERRORS = {status: OpenApiResponse(ErrorSerializer, description=words) for status, words in _WORDS.items()}

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=False,
    description="Au choix du client, 80 caractères au plus : le même envoi répété donne la même réponse.",
)
