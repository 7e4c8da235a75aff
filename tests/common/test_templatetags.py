"""The components: what is typed by people is escaped, what is optional has a default, errors lead to their field."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django import forms
from django.template import engines
from django.test import RequestFactory
from django.utils.translation import gettext_lazy

from eit_platform.common.pagination import KeysetPage

SCRIPT = "<script>alert(1)</script>"


def rendered(source: str, **context) -> str:
    return engines["django"].from_string(source).render(context)


class FlowForm(forms.Form):
    name = forms.CharField(label="Ressource", help_text="Avec vos mots.", widget=forms.TextInput(attrs={"placeholder": "x"}))
    amount = forms.DecimalField(label="Quantité")
    unit = forms.ChoiceField(label="Unité", choices=[("t/an", "t/an")])
    certainty = forms.ChoiceField(label="Certitude", choices=[("m", "Mesuré"), ("e", "Estimé")], widget=forms.RadioSelect)
    hazardous = forms.BooleanField(label="Dangereux", required=False, help_text="Ajoute les propriétés HP.")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


# --- Filters -----------------------------------------------------------------------------------------------------------
def test_a_unit_typed_by_someone_is_escaped_and_its_subscript_is_real():
    html = rendered("{{ 12|quantity:unit }}", unit=f"tCO2e{SCRIPT}")
    assert "tCO<sub>2</sub>e" in html
    assert "<script>" not in html


def test_a_missing_value_is_a_dash_in_every_filter():
    html = rendered('{{ v|fr_number }}{{ v|quantity:"t" }}{{ v|money }}{{ v|fr_date }}{{ v|since_days }}', v=None)
    assert html == "–" * 5


def test_one_decimal_is_given_when_asked():
    assert rendered("{{ 3|fr_number:1 }}") == "3,0"


def test_a_date_late_in_the_evening_is_the_day_in_paris():
    moment = datetime(2026, 7, 14, 22, 30, tzinfo=UTC)
    assert rendered("{{ m|fr_date }}", m=moment) == "15\u00a0juillet 2026"
    assert rendered('{{ m|fr_date:"time" }}', m=moment) == "15\u00a0juillet 2026 à 0\u00a0h\u00a030"
    assert rendered('{{ d|fr_date:"short" }}', d=date(2026, 3, 1)) == "01/03/2026"


@time_machine.travel(datetime(2026, 11, 22, 23, 30, tzinfo=UTC), tick=False)
def test_days_are_counted_in_paris_time():
    assert rendered("{{ d|since_days }} {{ d|days_since }}", d=date(2026, 11, 22)) == "hier 1"
    assert rendered("{{ d|days_since }}", d=None) == ""


def test_a_count_agrees_with_its_word():
    assert rendered('{{ 1|plural:"établissement" }}, {{ 3|plural:"cheval,chevaux" }}') == (
        "1\u00a0établissement, 3\u00a0chevaux"
    )


# --- Small pieces --------------------------------------------------------------------------------------------------------
def test_an_icon_is_hidden_from_assistive_technology_unless_it_speaks():
    assert 'aria-hidden="true"' in rendered('{% icon "check" %}')
    spoken = rendered('{% icon "check" "Fait" %}')
    assert 'role="img"' in spoken
    assert 'aria-label="Fait"' in spoken


def test_a_figure_says_its_state_in_words_as_well_as_by_its_line():
    html = rendered('{% figure 1240.5 unit="t/an" label="évitées" state="expected" %}')
    assert 'data-state="expected"' in html
    assert "attendu" in html
    assert "1\u202f241" in html


def test_a_figure_without_value_is_a_dash():
    assert "–" in rendered("{% figure value %}", value=None)


@pytest.mark.parametrize(("code", "sixths"), [("lead", "1 6"), ("study", "3 6"), ("sustained", "6 6")])
def test_the_ring_of_a_stage_fills_by_sixths(code, sixths):
    assert f'stroke-dasharray="{sixths}"' in rendered("{% stage_badge code %}", code=code)


def test_a_synergy_in_pause_has_no_ring():
    html = rendered('{% stage_badge "paused" %}')
    assert "stage--off" in html
    assert "En pause" in html
    assert "dasharray" not in html


def test_an_unknown_family_shows_its_code_rather_than_nothing():
    assert "tritium" in rendered('{% family_badge "tritium" %}')
    assert "Énergie" in rendered('{% family_badge "energy" %}')


@pytest.mark.parametrize(("given", "drawn"), [(62, "62%"), (140, "100%"), (-3, "0%"), (None, "0%"), (12.5, "12.5%")])
def test_a_bar_stays_in_its_box_and_writes_a_geometry_browsers_read(given, drawn):
    assert f'class="v" width="{drawn}"' in rendered("{% bar percent %}", percent=given)


def test_progress_is_readable_without_seeing_the_bar():
    html = rendered('{% progress 62 "Import Sirene" %}')
    assert 'role="progressbar"' in html
    assert 'aria-valuenow="62"' in html


@pytest.mark.parametrize(
    "source",
    [
        "{% tag text %}",
        '{% signal "late" text %}',
        '{% toast text action_label=text action_url="/x/" %}',
        "{% avatar text %}",
        "{% page_header text lede=text %}{% endpage_header %}",
        '{% section text id="s" %}{% endsection %}',
        "{% note %}{{ text }}{% endnote %}",
        "{% empty_state text text=text %}{% endempty_state %}",
        "{% disclosure text %}{% enddisclosure %}",
        '{% dialog "d" text %}{% enddialog %}',
        "{% chart text headers=row rows=rows %}{% endchart %}",
        "{% data_table row rows %}",
        "{% crumbs row %}",
        "{% stepper row 1 %}",
        "{% figure 1 unit=text label=text %}",
        "{% stage_badge text %}",
        "{% family_badge text %}",
    ],
)
def test_no_component_lets_markup_through(source):
    html = rendered(source, text=SCRIPT, row=[SCRIPT, SCRIPT], rows=[[SCRIPT, SCRIPT]])
    assert "<script>" not in html


def test_a_block_keeps_the_markup_of_its_template():
    html = rendered('{% page_header "Acteurs" %} <a class="btn" href="/x/">Ajouter</a> {% endpage_header %}')
    assert '<a class="btn" href="/x/">Ajouter</a>' in html


def test_a_page_header_without_action_has_no_empty_row():
    assert 'class="row"' not in rendered('{% page_header "Acteurs" %}   {% endpage_header %}')


def test_a_chart_carries_its_table_with_headers_on_each_cell():
    html = rendered(
        '{% chart "Titre" headers=headers rows=rows %}<svg></svg>{% endchart %}',
        headers=["Famille", "Flux"],
        rows=[("Matière", 212)],
    )
    assert "<svg></svg>" in html
    assert '<th scope="row">Matière</th>' in html
    assert 'data-label="Flux"' in html


# --- Finding one's way ------------------------------------------------------------------------------------------------------
def test_the_last_crumb_is_the_page_itself_and_not_a_link():
    html = rendered("{% crumbs trail %}", trail=[("Acteurs", "/acteurs/"), gettext_lazy("Brasserie Fictive")])
    assert '<a href="/acteurs/">Acteurs</a>' in html
    assert '<li aria-current="page">Brasserie Fictive</li>' in html


def test_no_crumb_gives_no_landmark():
    assert "<nav" not in rendered("{% crumbs trail %}", trail=[])


def test_steps_say_which_are_done_and_which_is_in_hand():
    html = rendered("{% stepper steps 2 %}", steps=["Vous", "Vos surplus", "Relire"])
    assert html.count("is-done") == 1
    assert '<li aria-current="step">Vos surplus' in html
    assert "Étape 2 sur 3" in html


def test_pages_keep_the_filters_in_force():
    request = RequestFactory().get("/acteurs/", {"famille": "eau & vapeur", "page": "old"})
    page = KeysetPage(rows=[1], next_cursor="abc", previous_cursor="")
    html = rendered("{% keyset_pagination page %}", request=request, page=page)
    assert "?famille=eau+%26+vapeur&amp;page=abc" in html
    assert 'rel="prev"' not in html


def test_a_single_page_has_no_pager():
    assert "<nav" not in rendered("{% pagination %}")


# --- Forms --------------------------------------------------------------------------------------------------------------------
def test_a_field_is_tied_to_its_hint_and_to_its_error():
    html = rendered("{% field form.name %}", form=FlowForm({}))
    assert 'aria-describedby="id_name_hint id_name_error"' in html
    assert 'id="id_name_hint"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_a_field_in_order_mentions_no_error():
    html = rendered("{% field form.name %}", form=FlowForm())
    assert "aria-invalid" not in html
    assert "_error" not in html


def test_a_placeholder_never_stands_beside_a_label():
    assert "placeholder" not in rendered("{% field form.name %}", form=FlowForm())


def test_an_optional_field_says_so():
    class Optional(forms.Form):
        comment = forms.CharField(label="Remarque", required=False)

    assert "(facultatif)" in rendered("{% field form.comment %}", form=Optional())
    assert "(facultatif)" not in rendered("{% field form.name %}", form=FlowForm())


def test_radios_are_a_group_with_a_legend_and_a_description():
    html = rendered("{% field form.certainty segmented=True %}", form=FlowForm({}))
    assert "<legend" in html
    assert '<fieldset class="field field--error" aria-describedby="id_certainty_error">' in html
    assert 'for="id_certainty_0"' in html


def test_a_unit_chosen_beside_a_quantity_shares_its_error():
    html = rendered("{% field form.amount companion=form.unit %}", form=FlowForm({"amount": "12"}))
    assert 'aria-label="Unité"' in html
    assert "Unité\u00a0:" in html
    assert html.count('aria-describedby="id_amount_error"') == 1


def test_a_checkbox_is_wrapped_by_its_label():
    html = rendered("{% field form.hazardous %}", form=FlowForm())
    assert '<label class="choice" for="id_hazardous"><input type="checkbox"' in html
    assert 'id="id_hazardous_hint"' in html


def test_the_summary_leads_to_each_field_to_revise():
    form = FlowForm({"name": "Soude", "amount": "douze", "unit": "t/an"})
    html = rendered("{% form_errors form %}", form=form)
    assert 'role="alert"' in html
    assert 'href="#id_amount"' in html
    assert 'href="#id_certainty_0"' in html
    assert "2 champs sont à revoir" in html


def test_there_is_no_summary_before_anything_was_sent():
    assert rendered("{% form_errors form %}", form=FlowForm()).strip() == ""


def test_an_error_of_the_whole_form_is_shown_without_a_link():
    form = FlowForm({"name": "Soude", "amount": "1", "unit": "t/an", "certainty": "m"})
    form.add_error(None, "La campagne est close.")
    html = rendered("{% form_errors form %}", form=form)
    assert "La campagne est close." in html
    assert "<a " not in html


def test_form_fields_keeps_hidden_ones_and_leaves_out_those_named():
    html = rendered('{% form_fields form skip="unit, amount" %}', form=FlowForm())
    assert 'name="token"' in html
    assert 'name="amount"' not in html
    assert 'name="unit"' not in html
    assert 'name="name"' in html
