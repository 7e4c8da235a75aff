"""The rules of the house, checked on the code itself; each guard is shown to catch what it is for."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parents[1]
APPS = ["operations", "territories", "actors", "synergies", "reporting", "workspace"]  # lowest first
# Shared by all démarches: these tables carry no tenant, so no person owns their rows.
GLOBAL_MODELS = {
    "Commune", "Compatibility", "Department", "EmissionFactor", "Epci", "HeadcountBand", "NafCode", "NafDivision",
    "Resource", "SectorProfile", "WasteCode",
}  # fmt: skip
SKIPPED = {"migrations", ".venv", "static", "tests", "node_modules"}


def sources(app: str) -> list[Path]:
    return [path for path in sorted((ROOT / app).rglob("*.py")) if not SKIPPED.intersection(path.relative_to(ROOT).parts)]


def layer_files(*layers: str) -> list[Path]:
    """views.py, views/*.py and the like, in every app."""
    found = []
    for app in APPS:
        for layer in layers:
            found += [ROOT / app / f"{layer}.py", *sorted((ROOT / app / layer).glob("*.py"))]
    return [path for path in found if path.exists()]


def unscoped_reads(tree: ast.AST):
    """Lines that reach rows otherwise than by `visible_to`: `X.objects.…`, a bare model in get_object_or_404."""
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_base_manager", "_default_manager"}:
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            parent = parents.get(node)
            scoped = isinstance(parent, ast.Attribute) and parent.attr in {"visible_to", "in_network_of", "none"}
            if not scoped and owner not in GLOBAL_MODELS:
                yield node.lineno
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("get_") and node.args:
            first = node.args[0]
            if node.func.id in {"get_object_or_404", "get_list_or_404"} and isinstance(first, ast.Name):
                if first.id[:1].isupper() and first.id not in GLOBAL_MODELS:
                    yield node.lineno


@pytest.mark.parametrize("path", layer_files("views", "api", "forms"), ids=lambda path: str(path.relative_to(ROOT)))
def test_views_api_and_forms_reach_rows_only_through_visible_to(path):
    assert list(unscoped_reads(ast.parse(path.read_text()))) == []


def test_the_scoping_guard_catches_each_way_round_it():
    for code in (
        "Synergy.objects.get(pk=1)",
        "get_object_or_404(Synergy, pk=1)",
        "Flow._base_manager.all()",
        "X.objects.filter()",
    ):
        assert list(unscoped_reads(ast.parse(code))) == [1], code
    for code in ("Synergy.objects.visible_to(user)", "get_object_or_404(Resource, pk=1)", "Commune.objects.all()"):
        assert list(unscoped_reads(ast.parse(code))) == [], code


def test_layers_hold():
    result = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout


def upward_reverse_names(app: str) -> dict[str, str]:
    """Reverse accessors that higher apps put on the models of `app`."""
    higher = set(APPS[APPS.index(app) + 1 :])
    names = {}
    for model in apps.get_app_config(app).get_models():
        for relation in model._meta.related_objects:
            if relation.related_model._meta.app_label in higher and not relation.hidden:
                names[relation.get_accessor_name()] = relation.related_model._meta.label
                names[relation.name] = relation.related_model._meta.label
    return names


def uses_of(tree: ast.AST, names: dict[str, str]):
    """Attribute accesses and look-ups (`name__…`) that follow one of the reverse names."""
    for node in ast.walk(tree):
        own_attribute = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
        if isinstance(node, ast.Attribute) and node.attr in names and not own_attribute:
            yield node.lineno, node.attr
        if isinstance(node, ast.keyword) and node.arg and node.arg.split("__")[0] in names and "__" in node.arg:
            yield node.value.lineno, node.arg
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[a-z_]+__[a-z_]+", node.value):
            if node.value.split("__")[0] in names:
                yield node.lineno, node.value


@pytest.mark.parametrize("app", APPS[:-1])
def test_a_lower_app_never_follows_a_reverse_name_of_a_higher_one(app):
    names = upward_reverse_names(app)
    own = {f.name for model in apps.get_app_config(app).get_models() for f in model._meta.get_fields() if not f.auto_created}
    names = {name: label for name, label in names.items() if name not in own}
    found = [
        (str(path.relative_to(ROOT)), *use) for path in sources(app) for use in uses_of(ast.parse(path.read_text()), names)
    ]
    assert found == []


def test_the_reverse_name_guard_catches():
    assert list(uses_of(ast.parse("site.flows.all()"), {"flows": "synergies.Flow"})) == [(1, "flows")]
    assert list(uses_of(ast.parse("q.filter(flows__state=1)"), {"flows": "synergies.Flow"})) == [(1, "flows__state")]


def tenant_models() -> list[type[models.Model]]:
    return [
        model
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        if any(field.name == "demarche" for field in model._meta.fields) and not model.__name__.endswith("Event")
    ]


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)
def test_every_unique_constraint_of_a_tenant_table_starts_with_the_demarche(model):
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            first = constraint.fields[0] if constraint.fields else constraint.expressions[0].name
            assert first in {"demarche", "network", "uuid"} or model._meta.app_label == "operations", constraint.name


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)
def test_every_tenant_table_that_pages_read_says_who_sees_its_rows(model):
    unread = {"StoredFile", "Sequence", "Match", "LeadFlow", "PersonalLink", "AnswerDraft"}
    if model.__name__ in unread:
        assert not hasattr(model._default_manager, "visible_to"), "retirez-le de la liste : il dit maintenant qui le voit"
    else:
        assert hasattr(model._default_manager, "visible_to")


@pytest.mark.parametrize("app", [*APPS, "eit_platform"])
def test_files_stay_readable_and_their_names_say_something(app):
    for path in sources(app):
        lines = len(path.read_text().splitlines())
        assert lines <= 500, f"{path.relative_to(ROOT)} : {lines} lignes"
        assert path.name not in {"utils.py", "helpers.py", "misc.py"}, path


INLINE = re.compile(r"""\sstyle=|<style\b|\son[a-z]+=["']|<script(?![^>]*\bsrc=)(?![^>]*application/json)""")


def templates() -> list[Path]:
    return [path for path in sorted((ROOT / "templates").rglob("*.html")) if "pdf" not in path.parts]


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_page_carries_an_inline_style_or_script(path):
    assert INLINE.findall(path.read_text()) == []


def test_the_inline_guard_catches():
    for page in ('<p style="x">', "<style>", '<a onclick="x">', "<script>x</script>"):
        assert INLINE.search(page), page
    assert not INLINE.search('<script type="module" src="a.js"></script>')


def test_no_registry_address_and_no_machine_path_is_committed():
    tracked = subprocess.run(
        ["git", "ls-files", "*.lock", "*.in", "bin/*", "scripts/*", "*.toml", "*.yml"], cwd=ROOT, capture_output=True, text=True
    )
    for name in tracked.stdout.split():
        text = (ROOT / name).read_text(errors="ignore")
        assert not re.search(r"https?://[^\s\"']*(pypi|npmjs|pythonhosted)\.", text), name
        assert f"{ROOT}/" not in text, name
