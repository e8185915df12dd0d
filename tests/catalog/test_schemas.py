"""JSON Schemas for editors, and the guide that names every code."""

import json
import re
from pathlib import Path

import pytest

from warning.catalog.codes import CODES
from warning.catalog.schemas import DIALECT, KINDS, file_schema

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_schema_is_plain_json_and_closed(kind: str):
    schema = json.loads(json.dumps(file_schema(kind)))
    assert schema["$schema"] == DIALECT
    models = [schema, *schema.get("$defs", {}).values()]
    assert all(m.get("additionalProperties") is False for m in models if "properties" in m)


def test_table_has_every_code_that_the_catalogue_raises_and_no_other():
    sources = (path for path in (ROOT / "warning").rglob("*.py") if path.name != "codes.py")
    raised = {
        code for path in sources for code in re.findall(r"\bEW\d{3}\b", path.read_text(encoding="utf-8"))
    }
    assert raised == set(CODES)


def test_guide_prints_the_table_of_codes():
    marks = {"mistake": "", "finding": "! ", "warning": "* "}
    rows = [f"| {code} | {marks[c.level]}{c.means} | {c.mend} |" for code, c in CODES.items()]
    guide = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert [line for line in guide.splitlines() if line.startswith("| EW")] == rows
