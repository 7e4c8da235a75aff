"""The outbox: mails written with the change that decided them, sent afterwards, each once.

A message is claimed in a committed transaction (SKIP LOCKED: two senders never take the same one), then handed to the
SMTP server, then marked sent with the number of its attempt. One case may send twice: a process killed between the
server's answer and the mark; the claim runs out after ten minutes and the message leaves again, with the same
Message-ID. The other choice would be to lose it.
"""

import logging
import re
import smtplib
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from operations.enums import OutboxState
from operations.models import OutboxMessage

logger = logging.getLogger(__name__)
CLAIM = timedelta(minutes=10)
BATCH = 20
FIRST_BACKOFF = timedelta(seconds=30)
LONGEST_BACKOFF = timedelta(hours=1)
MAX_ATTEMPTS = 55  # two days: a mail server under repair for a week-end loses nothing
SMTP_TIMEOUT_SECONDS = 20
MASK = "…"
_SECRET = re.compile(r"\{\{\s*secret:(\w+)\s*\}\}")
WHOLE_BODY = "{{secret:message}}"
WHOLE_HTML = "{{secret:html}}"


def fill(text: str, secrets: dict) -> str:
    """The text with its secrets in place; one that is not kept any more shows as « … »."""
    return _SECRET.sub(lambda found: str(secrets.get(found[1], MASK)), text)


def readable_body(message: OutboxMessage) -> str:
    """The plain text as the archive may show it."""
    if message.body == WHOLE_BODY and "message" not in message.secrets:
        return _("Message de sécurité : son contenu n’est pas conservé.")
    return fill(message.body, message.secrets)


def send_due_messages(limit: int = 500) -> int:
    """Sends the mails that are due, at most `limit`; gives how many left.

    Without a mail server: in the demonstration they are marked sent, and stay readable in its mailbox; elsewhere they
    wait.
    """
    if not settings.OUTBOX_SMTP_URL and not settings.DEMO_MAILBOX:
        if OutboxMessage.objects.due().exists():
            logger.warning("EMAIL_URL is not set: mails wait in the outbox.")
        return 0
    sent = handled = 0
    try:
        while handled < limit and (batch := _claim(min(BATCH, limit - handled))):
            handled += len(batch)
            sent += _send_batch(batch)
    except MailServerDown:
        pass  # what was claimed is put back for later; the rest of the queue would only wait for the same time-out
    return sent


class MailServerDown(Exception):
    """Nobody answers at the mail server's address, or it refuses the platform's account."""


@transaction.atomic
def _claim(size: int) -> list[OutboxMessage]:
    rows = list(
        OutboxMessage.objects.due().order_by("run_after", "id").select_for_update(skip_locked=True, of=("self",))[:size]
    )
    for row in rows:
        row.attempts += 1
        row.run_after = timezone.now() + CLAIM
    OutboxMessage.objects.bulk_update(rows, ["attempts", "run_after"])
    return rows


def _send_batch(batch: list[OutboxMessage]) -> int:
    if not settings.OUTBOX_SMTP_URL:
        return sum(_mark_sent(message) for message in batch)
    connection = smtp_connection(settings.OUTBOX_SMTP_URL)
    sent = 0
    try:
        for position, message in enumerate(batch):
            try:
                connection.open()
            except OSError as error:  # smtplib's errors are OSError
                for unsent in batch[position:]:
                    _mark_failed(unsent, error)
                raise MailServerDown from error
            try:
                as_email(message, connection).send()
            except (OSError, ValueError) as error:  # a header that can't be written is a ValueError
                connection.close()
                _mark_failed(message, error)
            else:
                sent += _mark_sent(message)
    finally:
        connection.close()
    return sent


def _mine(message: OutboxMessage):
    return OutboxMessage.objects.filter(pk=message.pk, state=OutboxState.WAITING, attempts=message.attempts)


def _mark_sent(message: OutboxMessage) -> int:
    kept = message.secrets if settings.DEMO_MAILBOX else {}
    return _mine(message).update(state=OutboxState.SENT, sent_at=timezone.now(), error="", secrets=kept)


def _mark_failed(message: OutboxMessage, error: Exception) -> None:
    logger.warning("Mail %s not sent at attempt %s: %s", message.uuid, message.attempts, type(error).__name__)
    if is_final(error) or message.attempts >= MAX_ATTEMPTS:
        kept = message.secrets if settings.DEMO_MAILBOX else {}
        _mine(message).update(state=OutboxState.FAILED, error=_in_words(error), secrets=kept)
    else:
        wait = min(FIRST_BACKOFF * 2 ** min(message.attempts - 1, 10), LONGEST_BACKOFF)
        _mine(message).update(run_after=timezone.now() + wait, error=_in_words(error))


def is_final(error: Exception) -> bool:
    """Whether trying again is useless: the address or the content is refused for good, not the moment."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return False  # the operator repairs the account, the mails must not be lost meanwhile
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code >= 500
    return isinstance(error, ValueError) and not isinstance(error, OSError)


def _in_words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _("Le serveur de messagerie refuse cette adresse.")
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _("Le serveur de messagerie refuse le compte de la plateforme.")
    if isinstance(error, smtplib.SMTPResponseException):
        return _("Le serveur de messagerie a refusé le message (code %(code)s).") % {"code": error.smtp_code}
    if isinstance(error, OSError):
        return _("Le serveur de messagerie ne répond pas.")
    return _("Le message ne peut pas être écrit : un de ses en-têtes est mal formé.")


def smtp_connection(url: str):
    """Django's SMTP backend for `smtp://user:password@host:port`, `smtps://…`, or `smtp://…?starttls`."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("EMAIL_URL must be smtp://user:password@host:port, smtps://… or smtp://…?starttls")
    secure = parts.scheme == "smtps"
    starttls = "starttls" in parse_qs(parts.query, keep_blank_values=True)
    return get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host=parts.hostname,
        port=parts.port or (465 if secure else 587 if starttls else 25),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_ssl=secure,
        use_tls=starttls and not secure,
        timeout=SMTP_TIMEOUT_SECONDS,
    )


def as_email(message: OutboxMessage, connection=None) -> EmailMultiAlternatives:
    """The mail to send, secrets in place: plain text, an HTML form, attachments, a stable Message-ID."""
    text = fill(message.body, message.secrets)
    html = fill(message.body_html, message.secrets)
    if not html.strip() or html == MASK:
        html = render_to_string("operations/mail.html", {"subject": message.subject, "text": text})
    headers = {name: fill(value, message.secrets) for name, value in message.headers.items()}
    headers.setdefault("Message-ID", f"<{message.uuid}@{urlsplit(settings.SITE_URL).hostname}>")
    headers.setdefault("Auto-Submitted", "auto-generated")
    email = EmailMultiAlternatives(
        subject=message.subject,
        body=text,
        from_email=message.sender or settings.DEFAULT_FROM_EMAIL,
        to=[message.recipient],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers=headers,
        connection=connection,
    )
    email.attach_alternative(html, "text/html")
    for file in message.attachments.all():
        email.attach(file.name, bytes(file.content), file.content_type)
    return email
