"""Numbers as French people type them: « 1 200,5 »."""

from django import forms

from eit_platform.common.formats import NARROW, NBSP

_SPACES = str.maketrans("", "", f" {NBSP}{NARROW}")


class FrenchDecimalField(forms.DecimalField):
    """A decimal that accepts a comma and spaces between thousands, and shows a comma."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, **kwargs):
        super().__init__(**{"max_digits": 20, "decimal_places": 6} | kwargs)

    def to_python(self, value):
        if isinstance(value, str):
            value = value.translate(_SPACES).replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value):
        if value is None or value == "":
            return value
        text = f"{value:f}" if hasattr(value, "is_finite") else str(value)
        if "." in text and text.replace(".", "", 1).lstrip("-").isdigit():
            text = text.rstrip("0").rstrip(".")
        return text.replace(".", ",")
