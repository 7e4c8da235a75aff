"""Mails: written with the change, sent afterwards, each once, without keeping what they must hide."""

import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from operations import outbox, services, tasks
from operations.models import OutboxMessage
from operations.storage import store_bytes

LINK = "https://boucles.test/q/" + "A" * 43


def queue(key="k", **more) -> OutboxMessage:
    return services.queue_mail(
        **(
            {
                "key": key,
                "recipient": "bob@exemple.test",
                "subject": "Votre questionnaire",
                "body": "Bonjour,\n\nVotre lien : {{secret:lien}}",
                "secrets": {"lien": LINK},
            }
            | more
        )
    )


class FakeServer:
    """An SMTP connection that keeps what it is given, or refuses it."""

    def __init__(self, refusal=None):
        self.sent, self.refusal = [], refusal

    def open(self):
        if isinstance(self.refusal, ConnectionError | smtplib.SMTPAuthenticationError):
            raise self.refusal
        return True

    def close(self):
        pass

    def send_messages(self, messages):
        if self.refusal:
            raise self.refusal
        for message in messages:
            message.message()  # written as for a real server: a malformed header fails here
        self.sent += messages
        return len(messages)


@pytest.fixture
def server(monkeypatch, settings):
    settings.DEMO_MAILBOX = False
    settings.OUTBOX_SMTP_URL = "smtp://mail.example:25"
    fake = FakeServer()
    monkeypatch.setattr(outbox, "smtp_connection", lambda url: fake)
    return fake


class TestWriting:
    def test_the_same_key_gives_the_message_already_written(self, db):
        assert queue().pk == queue(subject="Autre").pk
        assert OutboxMessage.objects.get().subject == "Votre questionnaire"

    def test_a_subject_never_holds_a_line_break(self, db):
        assert queue(subject="Un\r\nBcc: x@y.z").subject == "Un Bcc: x@y.z"

    def test_many_mails_of_one_transaction_wake_the_sender_once(self, db, monkeypatch, django_capture_on_commit_callbacks):
        woken = []
        monkeypatch.setattr(tasks.send_outbox, "apply_async", lambda **options: woken.append(1))
        with django_capture_on_commit_callbacks(execute=True):
            for number in range(5):
                queue(key=str(number))
        assert woken == [1]


class TestSending:
    def test_secrets_are_put_in_at_sending_and_dropped_afterwards(self, db, server):
        message = queue()
        assert LINK not in message.body
        assert outbox.send_due_messages() == 1
        (mail,) = server.sent
        assert LINK in mail.body
        assert f'href="{LINK}"' in mail.alternatives[0][0]
        message.refresh_from_db()
        assert (message.state, message.secrets) == ("sent", {})
        assert outbox.readable_body(message) == "Bonjour,\n\nVotre lien : …"

    def test_a_message_leaves_once(self, db, server):
        queue()
        outbox.send_due_messages()
        outbox.send_due_messages()
        assert len(server.sent) == 1

    def test_the_mail_carries_its_headers(self, db, server):
        file = store_bytes(name="bilan.pdf", data=b"%PDF-1.7", content_type="application/pdf")
        message = queue(
            reply_to="alice@exemple.test",
            attachments=[file],
            unsubscribe_url="https://boucles.test/desinscription/{{secret:jeton}}/",
            secrets={"lien": LINK, "jeton": "J" * 43},
        )
        outbox.send_due_messages()
        mail = server.sent[0]
        written = mail.message()
        assert written["Reply-To"] == "alice@exemple.test"
        assert written["List-Unsubscribe"] == f"<https://boucles.test/desinscription/{'J' * 43}/>"
        assert written["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert str(message.uuid) in written["Message-ID"]
        assert mail.attachments[0][:2] == ("bilan.pdf", b"%PDF-1.7")

    def test_html_in_a_name_stays_text(self, db, server):
        queue(body="Bonjour <script>alert(1)</script>", secrets={})
        outbox.send_due_messages()
        assert "<script>" not in server.sent[0].alternatives[0][0]

    def test_a_server_that_does_not_answer_is_tried_again_later(self, db, server):
        server.refusal = ConnectionRefusedError()
        message = queue()
        assert outbox.send_due_messages() == 0
        message.refresh_from_db()
        assert (message.state, message.attempts) == ("waiting", 1)
        assert message.error == "Le serveur de messagerie ne répond pas."
        assert message.secrets == {"lien": LINK}
        server.refusal = None
        assert outbox.send_due_messages() == 0
        with time_machine.travel(timezone.now() + timedelta(seconds=31), tick=False):
            assert outbox.send_due_messages() == 1

    def test_a_server_that_is_down_keeps_every_mail_and_is_asked_once_a_pass(self, db, server):
        server.refusal = ConnectionRefusedError()
        for number in range(outbox.BATCH + 3):
            queue(key=str(number))
        assert outbox.send_due_messages() == 0
        assert OutboxMessage.objects.filter(attempts=1, state="waiting").count() == outbox.BATCH
        assert OutboxMessage.objects.filter(attempts=0, state="waiting").count() == 3

    def test_it_is_given_up_after_two_days(self, db, server):
        server.refusal = smtplib.SMTPServerDisconnected()
        message = queue()
        start = timezone.now()
        for hour in range(60):
            with time_machine.travel(start + timedelta(hours=hour, minutes=1), tick=False):
                outbox.send_due_messages()
            if hour == 40:
                message.refresh_from_db()
                assert message.state == "waiting"
        message.refresh_from_db()
        assert (message.state, message.secrets) == ("failed", {})

    def test_an_address_refused_for_good_is_not_tried_again(self, db, server):
        server.refusal = smtplib.SMTPRecipientsRefused({"bob@exemple.test": (550, b"no such user")})
        message = queue()
        outbox.send_due_messages()
        message.refresh_from_db()
        assert (message.state, message.error) == ("failed", "Le serveur de messagerie refuse cette adresse.")

    def test_one_refused_message_does_not_hold_the_others(self, db, server, monkeypatch):
        queue("bad")
        queue("good", recipient="chloe@exemple.test")
        OutboxMessage.objects.filter(key="bad").update(headers={"X-Bad": "a\nb"})
        assert outbox.send_due_messages() == 1
        assert OutboxMessage.objects.get(key="bad").state == "failed"
        assert server.sent[0].to == ["chloe@exemple.test"]

    def test_an_account_refused_by_the_server_loses_no_mail(self, db, server):
        server.refusal = smtplib.SMTPAuthenticationError(535, b"bad credentials")
        message = queue()
        outbox.send_due_messages()
        message.refresh_from_db()
        assert message.state == "waiting"

    def test_what_a_dead_sender_had_claimed_leaves_after_ten_minutes(self, db, server):
        message = queue()
        outbox._claim(20)
        assert outbox.send_due_messages() == 0
        with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
            assert outbox.send_due_messages() == 1
        message.refresh_from_db()
        assert message.attempts == 2

    def test_without_a_server_in_production_mails_wait(self, db, settings, caplog):
        settings.DEMO_MAILBOX = False
        settings.OUTBOX_SMTP_URL = ""
        message = queue()
        assert outbox.send_due_messages() == 0
        message.refresh_from_db()
        assert message.state == "waiting"
        assert "EMAIL_URL" in caplog.text

    def test_the_demonstration_keeps_the_links_for_its_mailbox(self, db, settings):
        settings.OUTBOX_SMTP_URL = ""
        message = queue()
        assert outbox.send_due_messages() == 1
        message.refresh_from_db()
        assert (message.state, message.secrets) == ("sent", {"lien": LINK})


class TestServerAddress:
    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("smtp://mail.example", ("mail.example", 25, "", "", False, False)),
            ("smtp://u%40x:p%3Aw@mail.example:2525", ("mail.example", 2525, "u@x", "p:w", False, False)),
            ("smtps://u:p@mail.example", ("mail.example", 465, "u", "p", True, False)),
            ("smtp://u:p@mail.example?starttls", ("mail.example", 587, "u", "p", False, True)),
        ],
    )
    def test_is_read(self, url, expected):
        found = outbox.smtp_connection(url)
        assert (found.host, found.port, found.username, found.password, found.use_ssl, found.use_tls) == expected

    @pytest.mark.parametrize("url", ["http://mail.example", "smtp://", "mail.example:25"])
    def test_is_refused_when_it_is_not_one(self, url):
        with pytest.raises(ValueError, match="EMAIL_URL"):
            outbox.smtp_connection(url)


class TestMailsOfSignIn:
    def test_the_code_is_sent_and_not_kept(self, db, server, settings):
        settings.EMAIL_BACKEND = "operations.mail.OutboxBackend"
        mail = EmailMultiAlternatives("Code", "Votre code : 123456", "moi@x.test", ["bob@exemple.test"])
        mail.attach_alternative("<p>123456</p>", "text/html")
        mail.attach("notice.txt", "bonjour", "text/plain")
        assert mail.send() == 1
        message = OutboxMessage.objects.get()
        assert "123456" not in message.body + message.body_html
        outbox.send_due_messages()
        assert "123456" in server.sent[0].body
        assert server.sent[0].alternatives[0][0] == "<p>123456</p>"
        message.refresh_from_db()
        assert message.secrets == {}
        assert outbox.readable_body(message) == "Message de sécurité : son contenu n’est pas conservé."
