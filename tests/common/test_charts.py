"""Charts drawn as SVG: well-formed, said in words, safe, right in their proportions, on pages and in PDFs."""

import re
import time
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eit_platform.common.charts import (
    PRINT,
    Bar,
    StatedBar,
    Step,
    funnel,
    horizontal_bars,
    line_chart,
    sparkline,
    state_bars,
)

SVG = "{http://www.w3.org/2000/svg}"
CSS = Path(__file__).resolve().parents[2] / "static" / "css" / "components.css"
SAID = "Six synergies fonctionnent, une de plus que le mois dernier"
NARROW, NBSP, MINUS = "\u202f", "\u00a0", "\u2212"

# One chart of each kind, from a list of values: what must hold for all is told once.
KINDS = {
    "bars": lambda values, **more: horizontal_bars([Bar(f"Flux {i}", v) for i, v in enumerate(values)], label=SAID, **more),
    "states": lambda values, **more: state_bars(
        [StatedBar(f"Flux {i}", realised=v, expected=v, potential=v) for i, v in enumerate(values)], label=SAID, **more
    ),
    "funnel": lambda values, **more: funnel([Step(f"Étape {i}", v) for i, v in enumerate(values)], label=SAID, **more),
    "line": lambda values, **more: line_chart([f"T{i}" for i in range(len(values))], values, label=SAID, filled=True, **more),
    "line and target": lambda values, **more: line_chart(
        [f"T{i}" for i in range(len(values))], values, targets=values, label=SAID, **more
    ),
    "sparkline": lambda values, **more: sparkline(values, targets=[*values, 10], label=SAID, **more),
}
DATA = {
    "nothing": [],
    "zeros": [0, 0, 0],
    "one point": [7],
    "one zero": [0],
    "only missing": [None, None],
    "a gap": [3, None, 5],
    "negative": [4, -6, -1],
    "all negative": [-4, -6],
    "decimals": [Decimal("0.25"), Decimal("1240.5")],
    "huge and tiny": [1e12, 1e-6],
    "not numbers": [float("nan"), float("inf"), 2],
}


def parse(svg):
    return ElementTree.fromstring(svg)


def texts(svg):
    return [node.text or "" for node in parse(svg).iter(f"{SVG}text")]


def drawn(svg, abscissa):
    """An abscissa as it was asked for, of 640: a page squeezes it to 400."""
    width = float(parse(svg).get("viewBox").split()[2])
    return round(float(abscissa) * (640 / width if width == 400 else 1), 1)


def rects(svg, name):
    return [
        tuple(drawn(svg, node.get(key)) for key in ("x", "width"))
        for node in parse(svg).iter(f"{SVG}rect")
        if node.get("class") == name
    ]


def paths(svg, name):
    found = [node.get("d") for node in parse(svg).iter(f"{SVG}path") if node.get("class") == name]
    pairs = [re.findall(r"(-?[\d.]+) (-?[\d.]+)", route) for route in found]
    return [[(drawn(svg, x), float(y)) for x, y in route] for route in pairs]


@pytest.mark.parametrize("palette", [None, PRINT], ids=["page", "print"])
@pytest.mark.parametrize("values", DATA.values(), ids=DATA)
@pytest.mark.parametrize("draw", KINDS.values(), ids=KINDS)
def test_every_chart_is_well_formed_and_said_in_words(draw, values, palette):
    svg = draw(values, palette=palette)
    root = parse(svg)
    assert (root.tag, root.get("role"), root.get("aria-label")) == (f"{SVG}svg", "img", SAID)
    for word in ("nan", "inf", "None", "e+"):
        assert word not in svg.replace("none", "").replace(SAID, "")


@pytest.mark.parametrize("draw", KINDS.values(), ids=KINDS)
def test_pages_get_classes_and_no_style_of_any_kind(draw):
    for node in parse(draw([4, -6, 3])).iter():
        assert not {"style", "fill", "stroke", "font-size", "font-family", "onclick"} & set(node.keys())
        assert node.tag != f"{SVG}style"


@pytest.mark.parametrize("draw", KINDS.values(), ids=KINDS)
def test_pdfs_get_attributes_a_size_and_no_class(draw):
    root = parse(draw([4, -6, 3], palette=PRINT))
    assert root.get("width")
    assert root.get("height")
    for node in root.iter():
        assert node.get("class") is None
        assert node.get("style") is None
        if node.tag == f"{SVG}text":
            assert node.get("font-family")
            assert node.get("fill")
        if node.tag in (f"{SVG}rect", f"{SVG}path", f"{SVG}circle"):
            assert node.get("fill")


def test_every_class_used_exists_in_the_style_sheet_and_in_the_print_palette():
    css = CSS.read_text(encoding="utf-8")
    used = {
        name for draw in KINDS.values() for node in parse(draw([4, -6, 3])).iter() for name in (node.get("class") or "").split()
    }
    assert {"c1", "l1", "dash", "dot", "pt"} <= used
    assert used <= set(PRINT)
    assert not [name for name in used if not re.search(rf"\.{re.escape(name)}\b", css)]


@pytest.mark.parametrize("palette", [None, PRINT], ids=["page", "print"])
def test_texts_are_escaped_wherever_they_stand(palette):
    nasty = """<script>alert("1")</script> & 'x'"""
    for svg in (
        horizontal_bars([Bar(nasty, 1)], label=nasty, unit=nasty, palette=palette),
        state_bars([StatedBar(nasty, 1)], label=nasty, unit=nasty, palette=palette),
        funnel([Step(nasty, 2, note=nasty), Step("b", 1)], label=nasty, palette=palette),
        line_chart([nasty], [1], label=nasty, unit=nasty, palette=palette),
        sparkline([1], label=nasty, palette=palette),
    ):
        assert parse(svg).get("aria-label") == nasty
        assert "<script" not in svg


def test_control_characters_cannot_break_the_page():
    svg = horizontal_bars([Bar("Bo\x00ue\x0bs \ud800", 1)], label="Bou\x08es")
    assert texts(svg)[0] == "Boues "
    assert parse(svg).get("aria-label") == "Boues"


@pytest.mark.parametrize("draw", KINDS.values(), ids=KINDS)
def test_a_chart_without_its_sentence_is_refused(draw, monkeypatch):
    monkeypatch.setitem(globals(), "SAID", "  ")
    with pytest.raises(ValueError, match="sentence"):
        draw([1, 2])


@pytest.mark.parametrize(
    "draw", [KINDS["bars"], KINDS["states"], KINDS["funnel"], KINDS["line"]], ids=["bars", "states", "funnel", "line"]
)
def test_no_data_is_said(draw):
    assert texts(draw([])) == ["Aucune donnée pour l’instant"]


# Bars -----------------------------------------------------------------------------------------------------------------


def test_bars_are_in_proportion_and_their_figures_are_french():
    svg = horizontal_bars([Bar("Bois", Decimal("1240")), Bar("Carton", 310, "c3")], label=SAID, unit="t")
    assert rects(svg, "c1") == [(0, 640)]
    assert rects(svg, "c3") == [(0, 160)]
    assert texts(svg) == ["Bois", f"1{NARROW}240{NBSP}t", "Carton", f"310{NBSP}t"]


def test_a_negative_value_goes_left_of_an_axis():
    svg = horizontal_bars([Bar("Palettes", 30), Bar("Carton", -10)], label=SAID, unit="tCO2e")
    assert rects(svg, "c1") == [(160, 480), (0, 160)]
    assert paths(svg, "axis") == [[(160, 18), (160, 40)], [(160, 64), (160, 86)]]
    assert f"{MINUS}10{NBSP}tCO₂e" in texts(svg)


def test_without_negative_value_there_is_no_axis():
    assert paths(horizontal_bars([Bar("a", 1)], label=SAID), "axis") == []


def test_a_small_value_is_still_seen_and_zero_is_not_drawn():
    svg = horizontal_bars([Bar("a", 1000000), Bar("b", 1), Bar("c", 0)], label=SAID)
    assert rects(svg, "c1") == [(0, 640), (0, 1.5)]


def test_missing_is_not_zero():
    assert texts(horizontal_bars([Bar("a", None), Bar("b", 0)], label=SAID)) == ["a", "–", "b", "0"]


def test_a_long_label_is_cut_with_an_ellipsis():
    cut = texts(horizontal_bars([Bar("x" * 90, 1)], label=SAID))[0]
    assert (len(cut), cut[-1]) == (60, "…")


# States ---------------------------------------------------------------------------------------------------------------


def test_states_stack_in_order_solid_dashed_dotted_and_are_named():
    svg = state_bars([StatedBar("2026", realised=50, expected=30, potential=20)], label=SAID, unit="t")
    legend = 1  # the last rectangle of each mark is its legend
    assert rects(svg, "c1")[:-legend] == [(0, 320)]
    assert rects(svg, "l1 dash")[:-legend] == [(321.5, 189)]
    assert rects(svg, "l1 dot")[:-legend] == [(513.5, 125)]
    assert texts(svg) == ["2026", f"100{NBSP}t", "réalisé", "attendu", "potentiel"]


def test_losses_stack_on_the_other_side_of_the_axis():
    svg = state_bars([StatedBar("CO2", realised=-20, expected=60, potential=-20)], label=SAID)
    assert rects(svg, "c1")[0] == (128, 128)  # −20 to 0, of a span of 100
    assert rects(svg, "l1 dash")[0] == (257.5, 381)
    assert rects(svg, "l1 dot")[0] == (1.5, 125)
    assert texts(svg)[1] == "20"


def test_a_bar_whose_states_are_all_missing_shows_a_dash():
    assert texts(state_bars([StatedBar("a")], label=SAID))[1] == "–"


def test_a_page_draws_narrower_than_a_pdf_so_that_letters_read_on_a_phone():
    bars = [Bar("Bois", 3)]
    assert parse(horizontal_bars(bars, label=SAID)).get("viewBox").startswith("0 0 400 ")
    assert parse(horizontal_bars(bars, label=SAID, palette=PRINT)).get("viewBox").startswith("0 0 640 ")


# Funnel ---------------------------------------------------------------------------------------------------------------

STAGES = [("Pistes", 63), ("Qualifiées", 30), ("Étude", 17), ("Négociation", 9), ("Mise en œuvre", 6), ("Pérennisées", 2)]


def test_a_funnel_narrows_in_proportion_and_deepens_stage_by_stage():
    svg = funnel([Step(*stage) for stage in STAGES], label=SAID)
    widths = [rects(svg, f"f{i}")[0][1] for i in range(1, 7)]
    assert widths == [pytest.approx(640 * value / 63, abs=0.06) for _, value in STAGES]


def test_a_funnel_tells_the_passage_and_why_others_left():
    svg = funnel([Step("Pistes", 63, note="21 écartées"), Step("Qualifiées", 30)], label=SAID)
    assert f"48{NBSP}% passent à l’étape suivante · 21 écartées" in texts(svg)


def test_a_passage_from_nothing_has_no_percentage():
    assert "%" not in funnel([Step("a", 0), Step("b", 0)], label=SAID)


def test_a_stage_larger_than_the_one_before_has_no_percentage():
    assert "%" not in funnel([Step("a", 2), Step("b", 3)], label=SAID)


def test_stages_beyond_the_sixth_keep_the_deepest_colour():
    assert len(rects(funnel([Step(str(i), 1) for i in range(8)], label=SAID), "f6")) == 3


# Lines ----------------------------------------------------------------------------------------------------------------


def test_a_line_goes_through_its_points_on_round_graduations():
    svg = line_chart(["T1", "T2", "T3"], [0, 200, 400], label=SAID, unit="t")
    (line,) = paths(svg, "l1")
    assert [x for x, _ in line] == [64, 340, 616]
    assert [y for _, y in line] == [206, 115, 24]
    assert [text for text in texts(svg) if text.isdigit()] == ["0", "100", "200", "300", "400"]
    assert texts(svg)[-1] == f"400{NBSP}t"


def test_a_missing_value_breaks_the_line():
    svg = line_chart(list("abcde"), [1, 2, None, 3, 4], label=SAID)
    assert [len(line) for line in paths(svg, "l1")] == [2, 2]


def test_a_sparkline_of_nothing_says_so():
    assert texts(sparkline([], label=SAID)) == ["Aucune donnée pour l’instant"]


def test_a_value_alone_between_two_gaps_is_a_dot():
    for svg in (line_chart(list("abc"), [1, None, 3], label=SAID), sparkline([1, None, 3], label=SAID)):
        assert paths(svg, "l1") == []
        assert [node.get("class") for node in parse(svg).iter(f"{SVG}circle")] == ["c1", "c1", "pt"]


def test_a_target_is_a_dotted_line_of_its_own():
    svg = line_chart(["a", "b"], [1, 2], targets=[2, 4], label=SAID)
    assert len(paths(svg, "l3")) == 1
    assert paths(line_chart(["a", "b"], [1, 2], label=SAID), "l3") == []


def test_the_last_figure_keeps_clear_of_the_target_and_of_the_frame():
    def last(**more):
        node = list(parse(line_chart(["a", "b"], [1, 2], label=SAID, **more)).iter(f"{SVG}text"))[-1]
        (line,) = paths(line_chart(["a", "b"], [1, 2], label=SAID, **more), "l1")
        return float(node.get("y")) - line[-1][1]

    assert last(targets=[1, 4]) == 22  # target above: the figure goes below
    assert last(targets=[4, 1]) == -12
    assert last() == 22  # top of the frame: below again


def test_a_target_without_a_value_yet_is_drawn_alone():
    svg = line_chart(["a", "b"], [None, None], targets=[1, 2], label=SAID)
    assert (len(paths(svg, "l3")), paths(svg, "l1"), "circle" in svg) == (1, [], False)
    assert "circle" not in sparkline([], targets=[1, 2], label=SAID)


def test_negative_values_go_under_a_zero_axis():
    svg = line_chart(["a", "b"], [-10, 10], label=SAID)
    ((_, zero), _) = paths(svg, "axis")[0]
    (line,) = paths(svg, "l1")
    assert line[0][1] > zero > line[1][1]
    assert f"{MINUS}10" in texts(svg)


def test_many_labels_are_thinned_out():
    months = [f"mois {i}" for i in range(36)]
    shown = [text for text in texts(line_chart(months, list(range(36)), label=SAID)) if text.startswith("mois")]
    assert len(shown) <= 6
    assert shown[0] == "mois 0"


def test_series_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="same length"):
        line_chart(["a", "b"], [1], label=SAID)
    with pytest.raises(ValueError, match="same length"):
        line_chart(["a", "b"], [1, 2], targets=[1], label=SAID)


def test_a_sparkline_leaves_room_for_a_target_to_come():
    svg = sparkline([4, 9, 13], targets=[4, 11, 18, 25], label=SAID)
    assert paths(svg, "l1")[0][-1][0] == pytest.approx(158)
    assert paths(svg, "l3")[0][-1] == (234, 12)


# Properties and speed -------------------------------------------------------------------------------------------------

anything = st.one_of(st.none(), st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9), st.decimals(-(10**6), 10**6, places=2))


@pytest.mark.parametrize("draw", KINDS.values(), ids=KINDS)
@given(values=st.lists(anything, max_size=12))
def test_whatever_the_values_everything_stays_in_the_frame(draw, values):
    root = parse(draw(values))
    _, _, width, height = map(float, root.get("viewBox").split())
    for node in root.iter(f"{SVG}rect"):
        x, y, w, h = (float(node.get(key)) for key in ("x", "y", "width", "height"))
        # A bar too thin to be seen is widened, outwards at the end of the scale.
        assert -0.1 <= x <= x + w <= width + 1.6
        assert 0 <= y <= y + h <= height + 0.1
    for node in root.iter(f"{SVG}circle"):
        assert 0 <= float(node.get("cx")) <= width
        assert 0 <= float(node.get("cy")) <= height


@pytest.mark.parametrize("palette", [None, PRINT], ids=["page", "print"])
@pytest.mark.parametrize("draw", KINDS.values(), ids=KINDS)
def test_a_chart_takes_about_a_millisecond(draw, palette):
    values = [Decimal(i * 17 % 100) for i in range(8)]
    best = min(_seconds(draw, values, palette) for _ in range(20))
    assert best < 0.002, "the goal is 1 ms; twice that leaves room for a busy machine"


def _seconds(draw, values, palette):
    start = time.perf_counter()
    draw(values, palette=palette)
    return time.perf_counter() - start
