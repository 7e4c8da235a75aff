"""How the API's description names the tokens of `territories.authentication`."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class TokenScheme(OpenApiAuthenticationExtension):
    """`Authorization: Bearer <token>`; the token is made on the page of one's account."""

    target_class = "territories.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "Jeton créé sur la page « Jetons d’API » de son compte."}
