"""Every message Django sends passes by the outbox: written with the change that decided it, sent afterwards."""

import uuid

from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from operations import tasks
from operations.models import OutboxMessage
from operations.outbox import WHOLE_BODY, WHOLE_HTML
from operations.storage import store_bytes


class OutboxBackend(BaseEmailBackend):
    """Django's mail backend that writes messages to the outbox, one row per recipient.

    These are the messages of sign-in (codes, links, security notices), whose texts this platform does not write: the
    whole body is a secret, dropped once sent, so that the archive keeps who was written to and when, and no code.
    """

    @transaction.atomic
    def send_messages(self, email_messages) -> int:
        rows = []
        for message in email_messages:
            html = next((str(part[0]) for part in getattr(message, "alternatives", []) if part[1] == "text/html"), "")
            files = [_stored(attachment) for attachment in message.attachments]
            for recipient in message.recipients():
                row = OutboxMessage.objects.create(
                    key=f"mail:{uuid.uuid4()}",
                    recipient=recipient,
                    sender=message.from_email or "",
                    reply_to=", ".join(message.reply_to or []),
                    subject=" ".join(message.subject.split())[:300],
                    body=WHOLE_BODY,
                    body_html=WHOLE_HTML if html else "",
                    secrets={"message": message.body} | ({"html": html} if html else {}),
                    headers=dict(message.extra_headers or {}),
                )
                row.attachments.set(files)
                rows.append(row)
        tasks.wake_on_commit(tasks.send_outbox)
        return len(rows)


def _stored(attachment):
    name, content, content_type = attachment
    data = content.encode() if isinstance(content, str) else bytes(content)
    return store_bytes(name=name or "piece-jointe", data=data, content_type=content_type or "")
