"""Figures that a process held are kept for the next one: it says what one says that never ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Executable, delete, func, select, update

from tests.core.test_series_ledger import COMBINED
from tests.flows import resident_rounds
from tests.flows.resident_rounds import ROUNDS, one_round, resident_of, told
from tests.flows.test_kept_rulebook import cut, damage, let_others_in, let_others_write, link
from warning import own_files
from warning.store import ledger_file, migrate
from warning.store.engine import open_engine, reading, writing
from warning.store.kept_figures import read_kept
from warning.store.ledger_file import FILE, LedgerFile
from warning.store.resident import Resident
from warning.store.schema import observations, series

ROOT = Path(__file__).parents[2]
KILLED = 2
ARRAYS = {"one": np.arange(5.0), "two": np.zeros((2, 3), dtype=np.uint16), "none": np.empty(0, dtype="S4")}


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, object]:
    """What a process tells that never ends."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.sqlite3'}"
    migrate.upgrade(url)
    resident = Resident()
    for number in range(ROUNDS):
        one_round(url, number, resident)
    return told(url)


@pytest.mark.parametrize("store", ["sqlite_url", pytest.param("postgres_url", marks=pytest.mark.postgres)])
def test_processes_that_have_the_file_of_the_one_before_tell_what_one_tells_that_never_ends(
    store: str, request: pytest.FixtureRequest, tmp_path: Path, uninterrupted: tuple[object, object]
):
    url, read = request.getfixturevalue(store), 0

    class Counted(LedgerFile):
        def read(self, mark: str) -> dict[str, np.ndarray] | None:
            nonlocal read
            found = super().read(mark)
            read += found is not None
            return found

    for number in range(ROUNDS):
        one_round(url, number, Resident(Counted(tmp_path / "figures"), worth_keeping=1, may_lack=0))
    assert told(url) == uninterrupted
    assert read > ROUNDS // 2


@pytest.mark.parametrize("event", ["open", "os.rename"])
def test_no_signal_is_lost_or_told_twice_by_a_process_killed_after_its_commit_before_its_figures_are_kept(
    event: str, sqlite_url: str, tmp_path: Path, uninterrupted: tuple[object, object]
):
    folder = tmp_path / "figures"
    for number in range(KILLED):
        one_round(sqlite_url, number, resident_of(folder))
    kept = (folder / FILE).read_bytes()
    program = [sys.executable, resident_rounds.__file__, sqlite_url, str(folder), str(KILLED), event]
    done = subprocess.run(program, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert (folder / FILE).read_bytes() == kept
    for number in range(KILLED + 1, ROUNDS):
        one_round(sqlite_url, number, resident_of(folder))
    assert told(sqlite_url) == uninterrupted


@pytest.mark.parametrize(
    "change",
    [
        update(observations).where(observations.c.seq == 1).values(value=7.5),
        update(observations)
        .where(observations.c.seq == select(func.max(observations.c.seq)).scalar_subquery())
        .values(id="o-0"),
        delete(observations).where(observations.c.seq > 40),
        update(series).where(series.c.seq == 2).values(unit="t"),
    ],
)
def test_figures_of_a_store_that_holds_other_rows_behind_the_same_numbers_are_passed_over(
    change: Executable, sqlite_url: str, tmp_path: Path
):
    """As one does that was put back from a backup, and went on from there."""
    one_round(sqlite_url, 0, resident_of(tmp_path))
    file, needs, engine = LedgerFile(tmp_path), COMBINED.needs(), open_engine(sqlite_url)
    with reading(engine) as connection:
        assert read_kept(file, connection, needs) is not None
        assert read_kept(file, connection, needs[1:]) is None
    with writing(engine) as connection:
        connection.execute(change)
    with reading(engine) as connection:
        assert read_kept(file, connection, needs) is None
    engine.dispose()


@pytest.mark.parametrize("harm", [let_others_write, let_others_in, link, cut, damage])
def test_figures_that_somebody_else_could_have_written_or_that_are_torn_are_passed_over(
    harm: Callable[[Path], None], tmp_path: Path
):
    file = LedgerFile(tmp_path / "figures")
    file.write("mark", ARRAYS | {"long": np.arange(500)})
    assert file.read("mark") is not None
    harm(tmp_path / "figures" / FILE)
    assert file.read("mark") is None


def test_kept_arrays_are_read_as_they_were_under_their_own_mark_alone(tmp_path: Path):
    file = LedgerFile(tmp_path / "figures")
    file.write("mark", ARRAYS)
    found = file.read("mark")
    assert found is not None
    assert list(found) == list(ARRAYS)
    assert all(found[name].dtype == one.dtype for name, one in ARRAYS.items())
    assert all(np.array_equal(found[name], one) for name, one in ARRAYS.items())
    assert file.read("another") is None
    assert (tmp_path / "figures" / FILE).stat().st_mode & 0o777 == 0o600


def test_a_program_replaced_while_it_runs_keeps_no_figures_under_the_new_ones_mark(tmp_path, monkeypatch):
    running = LedgerFile(tmp_path / "figures")
    monkeypatch.setattr(ledger_file, "_PACKAGES", ("warning.store",))
    running.write("mark", ARRAYS)
    assert running.read("mark") is not None
    assert LedgerFile(tmp_path / "figures").read("mark") is None


def test_a_program_whose_files_cannot_be_read_keeps_nothing_and_says_so(tmp_path, monkeypatch, caplog):
    missing = tmp_path / "gone.py"
    missing.symlink_to(tmp_path / "nowhere")
    monkeypatch.setattr(own_files, "files", lambda _: tmp_path)
    file = LedgerFile(tmp_path / "figures")
    file.write("mark", ARRAYS)
    assert "figures cannot be kept" in caplog.text
    assert file.read("mark") is None
