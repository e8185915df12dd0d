"""Alerts that are over: by the policy's days without news, or because the register says that the act has ended."""

import logging

from warning.app.system import System
from warning.core.lifecycle import ended_acts

log = logging.getLogger(__name__)


def end_due(system: System) -> int:
    """End what is over by now; return how many alerts that makes."""
    book, now = system.book(), system.clock()
    ended = system.repository.end_alerts(book.policy.lifecycle, ended_acts(book.measures, now.date()), now)
    if ended:
        log.info("%d alerts have ended: `warning alerts list --state expired`", ended)
    return ended
