"""Flows: what was typed is kept, the yearly quantity is derived, refusals name their field."""

from decimal import Decimal

import pytest

from eit_platform.common.exceptions import BusinessError, StaleVersion
from operations.models import AuditEntry
from synergies.enums import FlowState
from synergies.models import Flow
from synergies.services.flows import archive_flow, change_flow, create_flow, months_of_profile, profile_of_months


def declare(cast, **values) -> Flow:
    return create_flow(
        actor=cast.alice, establishment=cast.bakery, **{"direction": "offer", "label": "chutes de chêne"} | values
    )


def test_words_and_a_direction_are_enough(cast):
    flow = declare(cast)
    assert (flow.number, flow.state, flow.yearly_quantity, flow.confidentiality) == (1, "active", None, "demarche")
    assert declare(cast).number == 2


def test_the_quantity_typed_is_kept_and_brought_to_the_year(cast, resources):
    flow = declare(
        cast,
        resource=resources["matter.wood.offcuts"],
        quantity=Decimal(3),
        unit="benne",
        period="month",
        waste_code="15 01 03",
    )
    flow.refresh_from_db()
    assert (flow.quantity, flow.unit, flow.period) == (Decimal(3), "benne", "month")
    assert (flow.yearly_quantity, flow.yearly_unit) == (Decimal("189.000000"), "t")  # 3 × 15 m³ × 0.35 t/m³ × 12
    assert "0,35" in flow.conversion_note
    assert flow.waste_code_id == "150103"


def test_what_cannot_be_converted_is_kept_as_typed_and_said_so(cast, resources):
    unknown_density = next(row for row in resources.values() if row.base_unit == "t" and row.density_t_per_m3 is None)
    flow = declare(cast, resource=unknown_density, quantity=Decimal(2), unit="m3", period="year")
    assert flow.yearly_quantity is None
    assert "gardée telle quelle" in flow.conversion_note


def test_a_quantity_without_resource_counts_in_what_its_unit_measures(cast):
    assert declare(cast, quantity=Decimal(500), unit="kg", period="year").yearly_quantity == Decimal("0.5")
    assert declare(cast, quantity=Decimal(5), unit="palette", period="year").yearly_quantity is None


def test_a_surface_needs_no_period(cast, resources):
    flow = declare(cast, resource=resources["land.premises.warehouse"], quantity=Decimal(300), unit="m2")
    assert (flow.yearly_quantity, flow.yearly_unit, flow.period) == (Decimal(300), "m2", "")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"label": " "}, "label"),
        ({"direction": "sideways"}, "direction"),
        ({"waste_code": "15 01 99"}, "waste_code"),
        ({"waste_code": "quinze"}, "waste_code"),
        ({"quantity": Decimal(3)}, "unit"),
        ({"quantity": Decimal(3), "unit": "boisseau", "period": "year"}, "unit"),
        ({"quantity": Decimal(3), "unit": "t"}, "period"),
        ({"quantity": Decimal(-3), "unit": "t", "period": "year"}, "quantity"),
        ({"quantity_min": Decimal(5), "quantity_max": Decimal(2)}, "quantity_max"),
        ({"moisture_pct": Decimal(140)}, "moisture_pct"),
        ({"temperature_c": Decimal(-300)}, "temperature_c"),
        ({"hours_per_year": 9000}, "hours_per_year"),
        ({"hazard_properties": ["HP16"]}, "hazard_properties"),
        ({"treatment_code": "R14"}, "treatment_code"),
        ({"monthly_profile": [Decimal("0.5")] * 12}, "monthly_profile"),
        ({"monthly_profile": [Decimal(1)]}, "monthly_profile"),
        ({"confidentiality": "secret"}, "confidentiality"),
        ({"pressure_bar": Decimal(-1)}, "pressure_bar"),
    ],
)
def test_a_refusal_names_its_field_and_writes_nothing(cast, values, field):
    with pytest.raises(BusinessError) as refusal:
        declare(cast, **values)
    assert refusal.value.field == field
    assert not Flow.objects.exists()
    assert declare(cast).number == 1


def test_months_become_equal_shares_and_come_back():
    shares = profile_of_months([3, 4, 5])
    assert months_of_profile(shares) == [3, 4, 5]
    assert sum(shares) == pytest.approx(1, abs=Decimal("0.00001"))
    assert profile_of_months(range(1, 13)) is None
    assert profile_of_months([]) is None


def test_each_change_leaves_one_entry_and_moves_the_version(cast):
    flow = declare(cast)
    change_flow(actor=cast.bob, flow=flow, version=1, label="copeaux", direction="offer")
    archive_flow(actor=cast.alice, flow=flow, version=2)
    flow.refresh_from_db()
    assert (flow.label, flow.version, flow.state) == ("copeaux", 3, FlowState.ARCHIVED)
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "flow.created",
        "flow.changed",
        "flow.archived",
    ]


def test_a_change_that_changes_nothing_writes_nothing(cast):
    flow = declare(cast)
    change_flow(actor=cast.alice, flow=flow, version=1, label="chutes de chêne")
    assert flow.version == 1
    assert AuditEntry.objects.count() == 1


def test_a_second_writer_does_not_erase_the_first(cast):
    mine, theirs = declare(cast), Flow.objects.get()
    change_flow(actor=cast.alice, flow=theirs, version=1, label="copeaux")
    with pytest.raises(StaleVersion):
        change_flow(actor=cast.bob, flow=mine, version=1, label="sciure")
    assert Flow.objects.get().label == "copeaux"


def test_an_archived_flow_is_closed(cast):
    flow = declare(cast)
    archive_flow(actor=cast.alice, flow=flow, version=1)
    with pytest.raises(BusinessError):
        change_flow(actor=cast.alice, flow=flow, version=2, label="autre")
