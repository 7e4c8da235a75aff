"""The PDF of the report: tagged, titled, bookmarked, readable by everybody, and closed to the outside."""

import io
from datetime import datetime
from zoneinfo import ZoneInfo

import page as pdf_ua
import pytest
from pypdf import PdfReader
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError

from reporting import collect, pdf
from reporting.models import Report
from tests.reporting import factories

MOMENT = datetime(2026, 11, 23, 17, 5, tzinfo=ZoneInfo("Europe/Paris"))
NASTY = "Un mot <b>gras</b> <img src='file:///etc/passwd'> <script>alert(1)</script> & {{ data }}"


def data_of(demarche, author, introduction: str = "") -> dict:
    data = collect.annual_data(demarche, year=2026, introduction=introduction, moment=MOMENT)
    report = Report(demarche=demarche, year=2026, title="Rapport annuel 2026")
    return collect.signed(data, report=report, number=7, author=author, moment=MOMENT)


@pytest.fixture
def document(cast) -> bytes:
    factories.populate(cast.a, sites=12)
    return pdf.render(data_of(cast.a, cast.alice, NASTY))


def words(content: bytes) -> str:
    text = " ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(content)).pages)
    return " ".join(text.replace("\u00a0", " ").split())


def titles(outline) -> list[str]:
    found = []
    for entry in outline:
        found += titles(entry) if isinstance(entry, list) else [entry.title]
    return found


def test_the_whole_report_is_accessible_and_says_what_it_must(document):
    report = pdf_ua.validate_pdf_bytes(document, profile=pdf_ua.ValidationProfile.PDF_UA_1)
    assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]

    reader = PdfReader(io.BytesIO(document))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "fr"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == "Rapport annuel 2026 – Démarche A"
    assert reader.metadata.author == "Alice Test"

    bookmarks = titles(reader.outline)
    for chapter in ("1. L’essentiel", "2. Mobilisation", "3. Flux", "4. Pistes et synergies", "5. Effets", "Annexe"):
        assert chapter in bookmarks

    text = words(document)
    assert "Rapport n° 7, version figée" in text
    assert f"Page 2 sur {len(reader.pages)}" in text
    assert "23 novembre 2026 à 17 h 05" in text
    for section in ("Sciures de menuiserie vers litière animale", "Facteurs utilisés", "Base Carbone", "en fonctionnement"):
        assert section in text
    # What people typed is text, whatever it looks like.
    assert "<img src='file:///etc/passwd'>" in text
    assert "{{ data }}" in text


def test_the_contents_give_the_page_where_each_chapter_starts(document):
    reader = PdfReader(io.BytesIO(document))
    contents = " ".join(reader.pages[1].extract_text().replace("\u00a0", " ").split())
    starts = [
        index + 1
        for index, sheet in enumerate(reader.pages)
        if "6. Méthode et facteurs" in sheet.extract_text().replace("\u00a0", " ")
    ]
    chapter = next(number for number in starts if number > 2)
    assert contents.split("6. Méthode et facteurs")[1].split("Annexe")[0].split()[-1] == str(chapter)


def test_an_empty_demarche_has_an_accessible_report_too(cast):
    document = pdf.render(data_of(cast.b, cast.chloe))
    report = pdf_ua.validate_pdf_bytes(document, profile=pdf_ua.ValidationProfile.PDF_UA_1)
    assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]
    assert "Aucun effet n’a encore été saisi" in words(document)


def test_a_loss_is_printed_with_its_sign(cast):
    exchange = factories.synergy(cast.a, [cast.bakery, cast.farm], "running")
    factories.impact(exchange, "co2_avoided", "-2")
    assert "−2" in words(pdf.render(data_of(cast.a, cast.alice)))


FORBIDDEN = [
    "file:///etc/passwd",
    "https://exemple.test/pixel.png",
    "http://127.0.0.1:9/",
    "ftp://exemple.test/a",
    "data:image/svg+xml,%3Csvg/%3E",
    "https://rapport.invalid/../etc/passwd",
    "https://rapport.invalid/css/report_print.css?x=1",
    "https://rapport.invalid.exemple.test/css/report_print.css",
    "css/report_print.css",
    "",
]


@pytest.mark.parametrize("address", FORBIDDEN)
@pytest.mark.parametrize("way", ["fetch", "open", "__call__"])
def test_the_fetcher_refuses_all_that_is_not_in_its_table(address, way):
    fetcher = pdf.ClosedFetcher({f"{pdf.ORIGIN}css/report_print.css": (b"p{}", "text/css")})
    with pytest.raises(pdf.ForbiddenAddress):
        getattr(fetcher, way)(address)


def test_the_fetcher_serves_its_table():
    fetcher = pdf.ClosedFetcher({f"{pdf.ORIGIN}css/report_print.css": (b"p{}", "text/css")})
    assert fetcher.fetch(f"{pdf.ORIGIN}css/report_print.css").read() == b"p{}"


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="file:///etc/passwd" alt="x">',
        '<img src="https://exemple.test/a.png" alt="x">',
        '<link rel="stylesheet" href="https://exemple.test/a.css">',
        '<style>@import "file:///etc/passwd"</style>',
        '<style>p { background: url("data:image/png;base64,AAAA") }</style><p>x</p>',
        '<object data="file:///etc/passwd"></object>',
    ],
)
def test_a_document_that_asks_for_anything_else_is_not_rendered(markup):
    with pytest.raises(FatalURLFetchingError):
        HTML(string=markup, base_url=pdf.ORIGIN, url_fetcher=pdf.ClosedFetcher({})).write_pdf()


def test_our_own_files_are_all_there():
    assert all(body for body, _content_type in pdf._own_files().values())
