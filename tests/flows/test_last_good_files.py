"""The last good files in the home: what is kept, for whom and how long, and what of it is believed at a start."""

import os
import shutil
import stat
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from tests.flows.refused_place import RULE, Place, place
from warning.catalog.catalogue_zip import packed, texts_of, told_of
from warning.catalog.last_good import MOST_FILES, UNUSED_SECONDS, LastGoodFile
from warning.errors import CatalogError

__all__ = ["place"]


def test_only_yaml_is_kept_for_this_account_alone_once_and_with_the_day_it_came_into_force(place: Place):
    place.write(place.own / ".env", "WARNING_SLACK_BOT_TOKEN=xoxb-secret")
    place.write(place.own / ".git" / "note.yaml", "token: xoxb-secret")
    place.write(place.own / "notes.txt", "xoxb-secret")
    place.started().close()
    before = place.kept().read_bytes()
    with zipfile.ZipFile(place.kept()) as packed:
        assert not [e.filename for e in packed.infolist() if b"xoxb" in packed.read(e)]
        assert "rules/signals/festivals.yaml" in packed.namelist()
    assert stat.S_IMODE(place.kept().stat().st_mode) == 0o600
    place.now += timedelta(days=1)
    place.started().close()
    assert place.kept().read_bytes() == before
    place.write(place.rule, RULE.replace("extreme", "severe"))
    place.started().close()
    assert LastGoodFile(place.kept(), lambda: place.now).since() == place.now
    assert [path.name for path in place.kept().parent.iterdir()] == [place.kept().name]


@pytest.mark.parametrize("damage", ["cut", "scrambled", "changed", "refused"])
def test_what_is_kept_and_cannot_be_read_any_more_leaves_the_clear_failure(place: Place, damage: str):
    place.started().close()
    data = place.kept().read_bytes()
    if damage == "cut":
        place.kept().write_bytes(data[: len(data) // 2])
    elif damage == "scrambled":
        with zipfile.ZipFile(place.kept()) as file:
            at = file.getinfo("rules/policy.yaml").header_offset + 60
        place.kept().write_bytes(data[:at] + b"\xff" * 40 + data[at + 40 :])
    else:
        with zipfile.ZipFile(place.kept()) as file:
            texts, comment = {name: file.read(name) for name in file.namelist()}, file.comment
        texts["rules/signals/festivals.yaml"] = texts["rules/signals/festivals.yaml"].replace(
            b"text", b"txet"
        )
        if damage == "refused":  # as texts are that a newer release takes no longer
            place.kept().write_bytes(packed(texts, told_of(data)))
        else:
            with zipfile.ZipFile(place.kept(), "w") as file:
                for name, text in texts.items():
                    file.writestr(name, text)
                file.comment = comment
    place.spoil()
    with pytest.raises(CatalogError, match="EW104 severity"):
        place.started()


def test_a_trial_with_rules_of_its_own_in_the_same_home_leaves_what_production_keeps(place: Place):
    place.started().close()
    trials = [Path(shutil.copytree(place.rules, place.rules.with_name(f"trial{n}"))) for n in range(4)]
    production = place.rules
    for trial in trials[:2]:
        (trial / "signals" / "festivals.yaml").write_text(RULE.replace("title: Festivals", "title: Trial"))
        place.rules = trial
        place.started().close()
    place.rules = production
    place.spoil()
    system = place.started()
    assert [rule.title for rule in system.book().rules] == ["Festivals"]
    system.close()
    place.rules = trials[2]
    (trials[2] / "policy.yaml").write_text("nonsense: [")
    with pytest.raises(CatalogError):
        place.started()


def test_no_trial_drops_what_production_keeps_and_what_nobody_used_for_long_is_dropped(place: Place):
    production = place.started()
    kept, rules = place.kept(), place.rules
    for n in range(MOST_FILES + 1):
        place.rules = Path(shutil.copytree(rules, rules.with_name(f"trial{n}")))
        place.started().close()
    assert kept.exists()
    long_ago = kept.stat().st_mtime - UNUSED_SECONDS - 60
    for path in kept.parent.glob("last-good-*.zip"):
        os.utime(path, (long_ago, long_ago))
    place.now += timedelta(days=1)
    production.book()
    assert kept.stat().st_mtime > long_ago + UNUSED_SECONDS, "a running service uses it each day"
    assert len(list(kept.parent.iterdir())) == MOST_FILES
    production.close()


def test_what_a_killed_writer_left_is_cleared_and_what_another_writes_is_left(place: Place):
    folder = place.home / "rulebook"
    folder.mkdir(mode=0o700)
    left, under_way = folder / "last-good-00.zip.killed", folder / "last-good-00.zip.running"
    for part in (left, under_way):
        part.write_bytes(b"half")
    os.utime(left, (1, 1))
    place.started().close()
    assert (left.exists(), under_way.exists()) == (False, True)


@pytest.mark.parametrize("name", ["rules", "signals", "feeds", "desks"])
def test_a_start_on_kept_files_has_what_stands_behind_linked_folders(place: Place, name: str):
    own = (place.rules / "desks" / "kr.yaml").read_text(encoding="utf-8").replace("id: kr", "id: own", 1)
    place.write(place.own / "desks" / "own.yaml", own)
    linked = {
        "rules": place.rules,
        "signals": place.rules / "signals",
        "feeds": place.feeds / "missions",
        "desks": place.own / "desks",
    }[name]
    elsewhere = place.home.parent / "elsewhere"
    shutil.move(linked, elsewhere)
    linked.symlink_to(elsewhere)
    system = place.started()
    good, sources = system.book(), system.sources
    system.close()
    assert (len(good.rules), len(sources), [desk.id for desk in good.desks]) == (1, 1, ["own"])
    place.spoil()
    system = place.started()
    assert system.rulebooks.started_on
    assert (system.book(), system.sources) == (good, sources)
    system.close()


def test_a_catalogue_that_reads_otherwise_from_its_copy_is_not_kept(place: Place, monkeypatch, caplog):
    def without_rules(directories):
        return {name: text for name, text in texts_of(directories).items() if "signals" not in name}

    monkeypatch.setattr("warning.catalog.holder.texts_of", without_rules)
    place.started().close()
    assert "reads otherwise from a copy" in caplog.text
    assert not place.kept().exists()


def others_file(path: Path) -> None:
    path.chmod(0o666)


def others_folder(path: Path) -> None:
    path.parent.chmod(0o777)


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def no_catalogue(path: Path) -> None:
    path.write_bytes(packed({}, {"since": "never"}))


@pytest.mark.parametrize("harm", [others_file, others_folder, pipe, no_catalogue])
def test_a_kept_file_that_another_account_could_have_written_is_passed_over(place: Place, harm):
    place.started().close()
    harm(place.kept())
    place.started().close()
    harm(place.kept())
    place.spoil()
    with pytest.raises(CatalogError, match="EW104 severity"):
        place.started()


def test_any_flipped_bit_of_the_kept_file_is_noticed(place: Place):
    place.started().close()
    place.spoil()
    good = place.kept().read_bytes()
    keeper = LastGoodFile(place.kept(), lambda: place.now)
    for n in range(0, len(good) * 8, 397):
        flipped = bytearray(good)
        flipped[n // 8] ^= 1 << n % 8
        place.kept().write_bytes(flipped)
        assert keeper.read(None) is None, n
    with pytest.raises(CatalogError, match="EW104 severity"):
        place.started()


def test_the_same_rules_under_another_name_find_what_is_kept_and_a_link_led_elsewhere_does_too(place: Place):
    place.started().close()
    place.spoil()
    rules, link = place.rules, place.rules.with_name("current")
    link.symlink_to(rules)
    place.rules = link
    system = place.started()
    assert system.rulebooks.started_on
    system.close()
    place.mend()
    place.started().close()
    release = Path(shutil.copytree(rules, rules.with_name("release")))
    (release / "policy.yaml").write_text("nonsense: [")
    link.unlink()
    link.symlink_to(release)
    system = place.started()
    assert system.rulebooks.started_on
    system.close()


def test_a_home_that_takes_no_file_stops_no_service(place: Place, caplog):
    place.write(place.home / "rulebook", "a file where the folder would be")
    system = place.started()
    assert "the last good catalogue cannot be kept" in caplog.text
    system.close()
