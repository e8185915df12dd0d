"""What tests of collecting share: a bench with a hostile server, and a desk with a mailbox."""

from functools import partial

import pytest

from tests.adapters.collecting_bench import run_on_bench
from tests.adapters.imap_server import imap_server
from tests.adapters.mail_desk import Desk


@pytest.fixture
def run(sqlite_url):
    """Call an async test body with a bench."""
    return partial(run_on_bench, sqlite_url)


@pytest.fixture
def desk(sqlite_url):
    with imap_server() as box:
        made = Desk(box, sqlite_url)
        yield made
        made.repository.engine.dispose()
