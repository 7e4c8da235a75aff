"""A loopback server that answers like the API Recherche d'entreprises, for the demonstration and the tests.

Run: python -m eit_platform.local_services.register_stub PORT
Its companies are invented (fixtures/register_companies.json), their answers have the shape of the real ones.
"""

import json
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

COMPANIES = Path(__file__).with_name("fixtures") / "register_companies.json"
PER_PAGE = 10


def answer(query: str) -> dict:
    """The answer to `q`: a SIRET, a SIREN or words of a name; an empty page of results when nobody is found."""
    wanted = "".join(query.split())
    results = []
    for entry in json.loads(COMPANIES.read_text(encoding="utf-8")):
        company = entry["company"]
        sites = [site for site in entry["sites"] if site["siret"] == wanted]
        if sites or wanted == company["siren"] or (query and query.upper() in company["nom_complet"]):
            results.append(company | {"matching_etablissements": sites})
    return {
        "results": results[:PER_PAGE],
        "total_results": len(results),
        "page": 1,
        "per_page": PER_PAGE,
        "total_pages": 1 if results else 0,
    }


@dataclass
class Behaviour:
    """How the stub answers next, for tests: a status, headers, a delay in seconds, a body of its own."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    body: bytes | None = None
    times: int = 0  # how many requests are answered so; 0 for all
    seen: list[dict[str, str]] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    def do_GET(self) -> None:
        behaviour = self.server.behaviour
        behaviour.seen.append({"path": self.path, "user_agent": self.headers.get("User-Agent", "")})
        as_told = not behaviour.times or len(behaviour.seen) <= behaviour.times
        url = urlsplit(self.path)
        time.sleep(behaviour.delay if as_told else 0)
        if as_told and (behaviour.status != 200 or behaviour.body is not None):
            self._send(behaviour.status, behaviour.body or b'{"erreur": "trop de requetes"}', behaviour.headers)
        elif url.path != "/search":
            self._send(404, b'{"erreur": "page inconnue"}', {})
        else:
            query = parse_qs(url.query).get("q", [""])[0]
            self._send(200, json.dumps(answer(query), ensure_ascii=False).encode(), {})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        try:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the caller did not wait

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the log of the demonstration is for its own services."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, behaviour: Behaviour):
        super().__init__(("127.0.0.1", port), _Handler)
        self.behaviour = behaviour


@contextmanager
def serving(behaviour: Behaviour | None = None, port: int = 0) -> Iterator[str]:
    """Serves on loopback while the block runs; gives the address to put in COMPANY_API_URL."""
    server = _Server(port, behaviour or Behaviour())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(2)


def main() -> None:
    """Serves on the port given as only argument, until SIGTERM or Ctrl-C."""
    server = _Server(int(sys.argv[1]), Behaviour())
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    try:
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


if __name__ == "__main__":
    main()
