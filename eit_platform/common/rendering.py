"""JSON answers of the API, by orjson: several times faster than the standard encoder on lists."""

import orjson
from rest_framework.renderers import BaseRenderer


def _default(value):
    return str(value)


class OrjsonRenderer(BaseRenderer):
    """UTF-8 JSON; decimals, UUIDs and lazy texts become strings, dates ISO 8601."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data, accepted_media_type=None, renderer_context=None):
        if data is None:
            return b""
        return orjson.dumps(data, default=_default, option=orjson.OPT_NON_STR_KEYS)
