"""A mail as a real SMTP server on loopback receives it."""

import email
import email.policy
import socketserver
import threading

import pytest

from operations import outbox, services
from operations.storage import store_bytes


class Conversation(socketserver.StreamRequestHandler):
    """Just enough of RFC 5321 to receive mails, and to refuse the address `refused@`."""

    def handle(self):
        self.say("220 loopback")
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            if verb == "DATA":
                self.say("354 go on")
                self.server.received.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.say("250 kept")
            elif verb == "RCPT" and "refused@" in line:
                self.say("550 no such user")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def received(settings):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.received = []
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.DEMO_MAILBOX = False
        settings.OUTBOX_SMTP_URL = f"smtp://127.0.0.1:{server.server_address[1]}"
        yield server.received
        server.shutdown()


def test_text_html_attachment_and_secret_arrive(db, received):
    services.queue_mail(
        key="k",
        recipient="bob@exemple.test",
        subject="Pistes repérées – été",
        body="Bonjour Édith,\n\nVotre lien : {{secret:lien}}",
        secrets={"lien": "https://boucles.test/q/jeton"},
        attachments=[store_bytes(name="relevé.csv", data=b"a;b", content_type="text/csv")],
    )
    assert outbox.send_due_messages() == 1
    mail = email.message_from_bytes(received[0], policy=email.policy.default)
    assert mail["Subject"] == "Pistes repérées – été"
    assert mail["To"] == "bob@exemple.test"
    assert "https://boucles.test/q/jeton" in mail.get_body(("plain",)).get_content()
    assert "https://boucles.test/q/jeton" in mail.get_body(("html",)).get_content()
    assert [part.get_filename() for part in mail.iter_attachments()] == ["relevé.csv"]


def test_an_address_the_server_refuses_fails_alone(db, received):
    bad = services.queue_mail(key="1", recipient="refused@exemple.test", subject="Objet", body="Texte")
    good = services.queue_mail(key="2", recipient="bob@exemple.test", subject="Objet", body="Texte")
    assert outbox.send_due_messages() == 1
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.error) == ("failed", "Le serveur de messagerie refuse cette adresse.")
    assert good.state == "sent"
    assert len(received) == 1
