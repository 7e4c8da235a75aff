"""JSON bodies of the API, read by orjson: too deep, not UTF-8 or not JSON is a 400, never an error."""

import orjson
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser


class OrjsonParser(BaseParser):
    """Whole numbers beyond 64 bits become floats: no field of the API takes them."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            return orjson.loads(stream.read())
        except orjson.JSONDecodeError as error:
            raise ParseError("Le corps de la requête n’est pas du JSON lisible.") from error
