"""Run as a program: commits one assessment again and again, killed before its first, second, ... statement.

Each try runs in a forked process that sends itself SIGKILL. After each, what the store then holds is printed
as one JSON line. The last line is the try that nobody killed.
"""

import json
import os
import signal
import sys
from itertools import count

from sqlalchemy import Engine, event

from tests.adapters.judged import commit, document, fired
from warning.store.engine import open_engine
from warning.store.repository import Repository

ALL_OR_NOTHING = ("alerts", "alert_versions", "signals", "assessments", "outbox", "withheld", "unassessed")


def main(url: str) -> None:
    with_repository(url, lambda repository: repository.add_items([document()]))
    for statement in count(1):
        child = os.fork()
        if child == 0:
            commit_until(url, statement)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(json.dumps(with_repository(url, held)) + "\n")
        sys.stdout.flush()
        if os.WIFEXITED(status):
            sys.exit(os.WEXITSTATUS(status))


def commit_until(url: str, statement: int) -> None:
    engine = open_engine(url)
    left = statement

    def count_down(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", count_down)
    event.listen(engine, "commit", count_down)
    commit(Repository(engine), fired())


def held(repository: Repository) -> dict[str, int]:
    counts = repository.counts()
    return {name: counts[name] for name in ALL_OR_NOTHING}


def with_repository(url: str, use):
    engine: Engine = open_engine(url)
    try:
        return use(Repository(engine))
    finally:
        engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1])
