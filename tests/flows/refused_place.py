"""An installation whose files tests break and mend, under a clock moved by hand."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.adapters.test_source_telling import OPERATORS
from warning.app.compose import compose
from warning.app.system import System
from warning.cli.main import cli
from warning.settings import Settings

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 2, 3, 6, 0, tzinfo=UTC)
RULE = """
id: festivals
title: Festivals
kind: text
severity: extreme
act: export_control
direction: tightening
owner: tests
rationale: A rule to break.
match:
  all: [{phrases: {en: [carnival]}}]
examples:
  - {fires: true, title: The carnival begins}
  - {fires: false, title: Weather}
"""
TERMS = """
materials:
  gallium:
    names: {en: [gallium], zh: [镓], ja: [ガリウム], ko: [갈륨]}
    label: {en: gallium, zh: 镓, ja: ガリウム, ko: 갈륨}
acts:
  export_control:
    label: {en: export control}
    direction: tightening
    phrases: {en: [export control], zh: [出口管制], ja: [輸出管理], ko: [수출통제]}
"""
FOLDER = """
id: dropped
title: Dropped
url: "file:drop"
kind: mission
country: US
language: en
publisher: tests
publisher_title: Tests
official: false
reliability: A
licence: none
every: 1m
parse: {format: file, settle_seconds: 0}
verified: never
"""


class Place:
    """An installation with one rule, one drop folder and operators on the console; a clock moved by hand."""

    now = NOW

    def __init__(self, at: Path) -> None:
        self.home, self.feeds, self.own = at / "home", at / "feeds", at / "own"
        self.rules = at / "rules"
        for folder in (self.rules / "signals", self.feeds / "missions", self.own, self.home / "drop"):
            folder.mkdir(parents=True)
        for name in ("policy.yaml", "desks/kr.yaml"):
            (self.rules / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / "rules" / name, self.rules / name)
        self.write(self.rules / "terms" / "terms.yaml", TERMS)
        self.rule = self.rules / "signals" / "festivals.yaml"
        self.write(self.rule, RULE)
        self.write(self.feeds / "missions" / "dropped.yaml", FOLDER)
        self.write(self.rules / "desks" / "operators.yaml", OPERATORS)

    def write(self, path: Path, text: str) -> None:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def spoil(self) -> None:
        self.write(self.rule, RULE.replace("severity: extreme", "severity: nonsense"))

    def mend(self) -> None:
        self.write(self.rule, RULE)

    def run(self, *words: str) -> Result:
        environment = {name: None for name in os.environ if name.startswith("WARNING_")}
        directories = {"HOME": self.home, "FEEDS_DIR": self.feeds, "RULES_DIR": self.rules}
        environment |= {f"WARNING_{name}": str(path) for name, path in directories.items()}
        environment["WARNING_OVERLAY_DIR"] = str(self.own)
        return CliRunner().invoke(cli, words, env=environment)

    def started(self) -> System:
        where = {"feeds_dir": self.feeds, "rules_dir": self.rules, "overlay_dir": self.own}
        return compose(Settings(home=self.home, **where), clock=lambda: self.now, serves=True)

    def kept(self) -> Path:
        return next((self.home / "rulebook").glob("last-good-*.zip"), self.home / "none is kept")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)
