"""Whoever runs the service without a watchdog is told so, where they look and when it starts."""

import asyncio
import os
import signal
import tomllib
from pathlib import Path

import pytest
from pydantic import SecretStr

from warning import resources
from warning.app.compose import compose
from warning.app.doctor import Finding, examine
from warning.app.starting import start_directory
from warning.cli.run import _serve
from warning.settings import Settings

URL = "https://watchdog.example.org/ping/secret"


def settings(home: Path, url: str | None) -> Settings:
    """An installation with a desk and no source."""
    (home / "feeds").mkdir(parents=True)
    for name in ("policy.yaml", "desks/kr.yaml"):
        (home / "rules" / name).parent.mkdir(parents=True, exist_ok=True)
        (home / "rules" / name).write_bytes((resources.tree("rules") / name).read_bytes())
    told = SecretStr(url) if url else None
    return Settings(
        home=home, feeds_dir=home / "feeds", rules_dir=home / "rules", heartbeat_url=told, canary=False
    )


@pytest.mark.parametrize(("url", "state"), [(None, "note"), (URL, "ok")])
def test_doctor_says_whether_a_watchdog_is_told_and_never_where(tmp_path: Path, url: str | None, state: str):
    (found,) = (one for one in examine(settings(tmp_path, url)) if one.subject == "watchdog")
    assert isinstance(found, Finding)
    assert (found.state, "WARNING_HEARTBEAT_URL" in found.mend) == (state, state == "note")
    assert "secret" not in found.detail + found.mend


@pytest.mark.parametrize(
    ("url", "role", "says_so"), [(None, "schedule", True), (None, "deliver", False), (URL, "deliver", False)]
)
def test_a_service_that_audits_says_at_its_start_when_no_watchdog_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], url: str | None, role: str, says_so: bool
):
    async def run() -> None:
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)
        await _serve(system, role)

    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    system = compose(settings(tmp_path, url))
    try:
        asyncio.run(run())
    finally:
        system.close()
        signal.signal(signal.SIGTERM, before)
    assert ("WARNING_HEARTBEAT_URL" in capsys.readouterr().err) is says_so


def test_init_writes_the_watchdogs_setting_as_one_that_is_left_out(tmp_path: Path):
    start_directory(tmp_path / "ours")
    text = (tmp_path / "ours" / "warning.toml").read_text(encoding="utf-8")
    assert "\n# heartbeat_url = " in text
    assert "heartbeat_url" not in tomllib.loads(text)
    assert "heartbeat_url" in tomllib.loads(text.replace("# heartbeat_url", "heartbeat_url"))
