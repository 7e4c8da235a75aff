"""The net that searches answers for the canaries a person should not meet."""

import io

from pypdf import PdfReader

from tests.permission_table import Row
from tests.stage import Stage, address_of
from tests.world import ELECTED_TOO, MANAGER, TEAM, Canary, Furnished

READERS = {MANAGER: {"alice"}, TEAM: {"alice", "gaelle"}, ELECTED_TOO: {"alice", "gaelle", "denis"}}
SPACES = str.maketrans("", "", "\u00a0\u202f\u2009 \n\t")


def may_read(canary: Canary, person: str, home: str) -> bool:
    """Whether the person may read that field of démarche `home` (« a » or « b »)."""
    if home == "a":
        return person in READERS[canary.readers]
    return person == "chloe"


def told(response) -> str:
    """Everything an answer says: its text, its headers, the text of its PDF."""
    data = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    if data.startswith(b"%PDF") and len(data) > 1000:
        text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    else:
        text = data.decode("utf-8", errors="replace")
    return f"{headers}\n{text}"


class Net:
    """All the canaries, and the search for those a person should not have met."""

    def __init__(self, a: Furnished, b: Furnished):
        self.canaries = [("a", canary) for canary in a.canaries] + [("b", canary) for canary in b.canaries]

    def caught(self, text: str, person: str) -> list[str]:
        plain = text.casefold()
        packed = plain.translate(SPACES)
        found = []
        for home, canary in self.canaries:
            if may_read(canary, person, home):
                continue
            if shown(canary, plain, packed):
                found.append(f"{canary.where} de {home.upper()}")
        return found


def shown(canary: Canary, plain: str, packed: str) -> bool:
    """Whether the text shows the canary; a number is known with a point, with a comma, rounded, or as a phone number."""
    if not canary.text[0].isdigit():
        return canary.text.casefold() in plain
    whole = canary.text.partition(".")[0]
    return whole in packed or str(round(float(canary.text))) in packed


def asked(row: Row, stage: Stage) -> list[str]:
    """The addresses of a row in both démarches, and with B's objects under A's address."""
    places = [(stage.a, stage.a)] if not row.scoped else [(stage.a, stage.a), (stage.a, stage.b), (stage.b, stage.b)]
    return list(dict.fromkeys(found for found in (address_of(row, *place) for place in places) if found))
