"""Finding what a command on alerts speaks of."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from warning.app.compose import compose
from warning.app.system import System
from warning.core.alerts import Alert
from warning.errors import EvidenceMissing
from warning.settings import load_settings

SHOWN = 5


@contextmanager
def composed_system(*, only_reads: bool = False, only_acts: bool = False) -> Iterator[System]:
    """The system of the settings, closed at the end. Commands that only read work on while a rule file is broken.

    What a person does for one desk (`only_acts`) is stored while any file is broken but that desk's own, the policy or
    an overlay, which may say that a desk sees less.
    """
    system = compose(load_settings(), only_reads=only_reads, only_acts=only_acts)
    broken = sorted({problem.file for problem in system.rulebooks.fatal_problems})
    if broken:
        click.echo(
            f"note: read without {', '.join(broken)}: `warning rules check` says what is wrong", err=True
        )
    try:
        yield system
    finally:
        system.close()


def versions_named(system: System, key: str) -> tuple[Alert, ...]:
    """Return the alert's versions. Raises EvidenceMissing unless `key` names exactly one alert."""
    versions = system.repository.alert_versions(key)
    if versions:
        return versions
    near = sorted(alert.key for alert in system.repository.alerts(prefix=key, limit=SHOWN + 1)) if key else []
    if len(near) == 1:
        return system.repository.alert_versions(near[0])
    hint = f": it is short for {', '.join(near[:SHOWN])}" if near else ""
    raise EvidenceMissing(f"no alert has the key {key!r}{hint}")
