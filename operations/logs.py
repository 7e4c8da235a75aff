"""Logs without personal links."""

import logging
import re

_LINK = re.compile(r"(/(?:q|invitation|desinscription)/)[A-Za-z0-9_\-]{20,}")


def mask_links(text: str) -> str:
    """The text with the token of every personal link replaced by « … »."""
    return _LINK.sub(r"\1…", text)


class MaskLinks(logging.Filter):
    """Masks personal links in the message and in its arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = mask_links(record.getMessage())
        record.args = ()
        return True
