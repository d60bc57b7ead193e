"""The drawn data of a page, by which its looks and its size are tested, have the form of real data."""

from __future__ import annotations

import json

from jsonschema import Draft202012Validator
from lab import TEMPLATE

from page.synthetic import draw_data


def test_drawn_data_have_the_form_of_real_data() -> None:
    """What is drawn fits the schema of ./rt report --json, and columns are equally long."""
    data = draw_data(120)
    schema = json.loads((TEMPLATE / "remote_tracker/schemas/report.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(data)
    assert {len(one.get("values", one.get("at"))) for one in data["columns"]} == {120}
