"""What the browser receives: vendored files are the published ones, styles and templates hold to the content policy."""

import gzip
import hashlib
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = json.loads((ROOT / "static/vendor/MANIFEST.json").read_text())
VENDORED = [entry for package in MANIFEST["packages"] for entry in package["files"]]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if "pdf" not in path.parts)
STYLES = sorted((ROOT / "static/css").glob("*.css"))
SVG = "{http://www.w3.org/2000/svg}"
# What every page loads before anything of its own (base.html).
FRAME = (
    "css/tokens.css",
    "css/fonts.css",
    "css/base.css",
    "css/components.css",
    "js/app.js",
    "vendor/htmx/htmx.min.js",
    "vendor/source-sans-3/source-sans-3-latin-wght-normal.woff2",
    "vendor/bricolage-grotesque/bricolage-grotesque-latin-wght-normal.woff2",
    "img/icons.svg",
    "img/mark.svg",
)


@pytest.mark.parametrize("entry", VENDORED, ids=lambda entry: entry["path"])
def test_a_vendored_file_is_the_one_the_manifest_names(entry):
    content = (ROOT / entry["path"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]


def test_nothing_lies_under_vendor_without_being_in_the_manifest():
    known = {entry["path"] for entry in VENDORED} | {"static/vendor/MANIFEST.json"}
    present = {str(path.relative_to(ROOT)) for path in (ROOT / "static/vendor").rglob("*") if path.is_file()}
    assert present == {path for path in known if path.startswith("static/")}


def test_every_vendored_package_comes_with_its_licence():
    for package in MANIFEST["packages"]:
        assert any("LICENSE" in entry["path"] for entry in package["files"]), package["name"]


def test_the_frame_of_a_page_stays_within_its_weight():
    weight = 0
    for name in FRAME:
        plain, packed = ROOT / "static" / name, ROOT / "static" / f"{name}.gz"
        weight += (packed if packed.exists() else plain).stat().st_size
    # 200 kB is the whole budget of a first load; what is left is the page itself and its own styles.
    assert weight <= 160_000, f"{weight} octets"


def test_the_packed_script_is_the_plain_one():
    folder = ROOT / "static/vendor/htmx"
    assert gzip.decompress((folder / "htmx.min.js.gz").read_bytes()) == (folder / "htmx.min.js").read_bytes()


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_a_style_only_asks_for_files_that_are_there(style):
    for target in re.findall(r'url\("?([^")]+)"?\)', style.read_text()):
        assert (style.parent / target).resolve().is_file(), target


def test_icons_have_unique_names_and_one_grid():
    symbols = ElementTree.parse(ROOT / "static/img/icons.svg").getroot().findall(f"{SVG}symbol")
    names = [symbol.get("id") for symbol in symbols]
    assert len(names) == len(set(names))
    assert {symbol.get("viewBox") for symbol in symbols} == {"0 0 24 24"}


def test_every_icon_named_in_a_template_exists():
    symbols = ElementTree.parse(ROOT / "static/img/icons.svg").getroot().findall(f"{SVG}symbol")
    names = {symbol.get("id") for symbol in symbols}
    for path in TEMPLATES:
        for name in re.findall(r'{% icon "([^"]+)"', path.read_text()):
            assert name in names, f"{path.relative_to(ROOT)} : {name}"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_holds_to_the_content_policy(path):
    text = path.read_text()
    assert not re.search(r"\sstyle\s*=", text), "attribut style"
    assert not re.search(r"<style\b", text), "élément style"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "gestionnaire d’événement dans le balisage"
    assert not re.search(r"\shx-on", text), "gestionnaire htmx dans le balisage"
    assert "javascript:" not in text
    for attributes in re.findall(r"<script\b([^>]*)>", text):
        assert "src=" in attributes or 'type="application/json"' in attributes


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_respects_french_spaces(path):
    text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}|<[^>]+>", lambda match: _words(match.group()), path.read_text(), flags=re.S)
    assert not re.search(r"[^\W\d_] [;:!?](?=\s|$)", text, re.M), "espace ordinaire avant ; : ! ?"
    assert not re.search(r"« | »", text), "espace ordinaire dans les guillemets"
    assert not re.search(r"[^\W\d_]'[^\W\d_]", text), "apostrophe droite"


def _words(markup: str) -> str:
    """Of a template tag, the sentence it translates; of anything else, a mark that is neither a letter nor a space."""
    found = re.search(r'{%\s*translate "([^"]*)"', markup)
    return found.group(1) if found else "\0"


def _tokens() -> dict[str, tuple[str, str]]:
    text = (ROOT / "static/css/tokens.css").read_text().split("prefers-contrast")[0]
    pairs = {}
    for name, value in re.findall(r"--([\w-]+): ([^;]+);", text):
        both = re.fullmatch(r"light-dark\((#\w+), (#\w+)\)", value)
        if both:
            pairs[name] = both.groups()
        elif re.fullmatch(r"#\w{6}", value):
            pairs[name] = (value, value)
    return pairs


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(first: str, second: str) -> float:
    """Ratio of two colours, 1 to 21. Source: WCAG 2.1, relative luminance and contrast ratio."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


SURFACES = ("canvas", "surface", "sunken")
SIGNALS = ("accent", "late", "warn", "wait", "done", "offer", "need")
TEXTS = [
    *((text, surface) for text in ("ink", "ink-2", "ink-3", "accent-hover", *SIGNALS) for surface in SURFACES),
    *((signal, f"{signal}-soft") for signal in SIGNALS),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    *((text, band) for text in ("on-deep", "on-deep-2", "on-deep-accent", "on-deep-need") for band in ("deep", "deep-2")),
]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "background"), TEXTS, ids=lambda value: str(value))
def test_text_is_readable_on_its_background(text, background, theme):
    tokens = _tokens()
    assert _contrast(tokens[text][theme], tokens[background][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_shapes_that_carry_meaning_stand_out(theme):
    tokens = _tokens()
    for name in (*(name for name in tokens if name.startswith("fam-")), "line-strong", "warn-fill", "focus"):
        for surface in SURFACES:
            assert _contrast(tokens[name][theme], tokens[surface][theme]) >= 3, (name, surface)
