"""JSON Schemas for editors, and the guide that names every code."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from warning.catalog.codes import CODES
from warning.catalog.complaints import EXAMPLES
from warning.catalog.schemas import DIALECT, KINDS, file_schema

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_schema_is_plain_json_and_closed(kind: str):
    schema = json.loads(json.dumps(file_schema(kind)))
    assert schema["$schema"] == DIALECT
    models = [schema, *schema.get("$defs", {}).values()]
    assert all(m.get("additionalProperties") is False for m in models if "properties" in m)


def patterns_in(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from (value for key, value in schema.items() if key == "pattern" and isinstance(value, str))
        yield from (pattern for inner in schema.values() for pattern in patterns_in(inner))
    elif isinstance(schema, list):
        yield from (pattern for inner in schema for pattern in patterns_in(inner))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_form_that_is_asked_for_is_told_in_words_and_by_an_example(kind: str):
    assert set(patterns_in(file_schema(kind))) <= EXAMPLES.keys()


FOLDER_KINDS = {
    "signals": "rule", "terms": "terms", "exposure": "exposure", "desks": "desk", "measures": "measures",
    "tests": "test",
}  # fmt: skip
SHIPPED = [
    *((path, FOLDER_KINDS.get(path.parent.name, path.stem)) for path in (ROOT / "rules").rglob("*.yaml")),
    *((path, "source") for path in (ROOT / "feeds").rglob("*.yaml")),
]


def as_editors_read(path: Path) -> object:
    """The file as YAML 1.2 types it, keys as text: what an editor's language server validates."""

    def plain(value: object) -> object:
        if isinstance(value, dict):
            return {str(key): plain(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [plain(inner) for inner in value]
        return value if isinstance(value, bool | int | float | str) else str(value)

    return plain(YAML(typ="safe", pure=True).load(path))


@pytest.mark.parametrize("kind", sorted({kind for _, kind in SHIPPED}))
def test_every_shipped_file_is_valid_to_an_independent_validator(kind: str):
    Draft202012Validator.check_schema(file_schema(kind))
    validator = Draft202012Validator(file_schema(kind))
    wrong = {
        path.name: [error.message[:200] for error in validator.iter_errors(as_editors_read(path))]
        for path, of in SHIPPED
        if of == kind
    }
    assert {name: errors for name, errors in wrong.items() if errors} == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("kind: text", "kind: txt"),
        ("severity: severe", "severity: sever"),
        ("match:", "mach:"),
        ("act:", "akt:"),
    ],
)
def test_schema_marks_a_mistake_in_a_rule(tmp_path: Path, before: str, after: str):
    good = ROOT / "tests" / "catalog" / "good" / "rules" / "signals" / "prc-export-control.yaml"
    bad = tmp_path / "rule.yaml"
    bad.write_text(good.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    validator = Draft202012Validator(file_schema("rule"))
    assert validator.is_valid(as_editors_read(good))
    assert not validator.is_valid(as_editors_read(bad))


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
