"""JSON Schemas for editors, and the guide that names every code."""

import json
import re
from pathlib import Path

import pytest

from warning.catalog.schemas import DIALECT, KINDS, file_schema

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_schema_is_plain_json_and_closed(kind: str):
    schema = json.loads(json.dumps(file_schema(kind)))
    assert schema["$schema"] == DIALECT
    models = [schema, *schema.get("$defs", {}).values()]
    assert all(m.get("additionalProperties") is False for m in models if "properties" in m)


def test_guide_names_every_code_that_the_catalogue_raises():
    sources = (ROOT / "warning" / "catalog").glob("*.py")
    raised = {
        code for path in sources for code in re.findall(r"\bEW\d{3}\b", path.read_text(encoding="utf-8"))
    }
    guide = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| (EW\d{3}) \|", guide, flags=re.MULTILINE))
    assert raised == documented
