"""What tests of an indexed history share: a rulebook and a written history, once a file."""

import pytest

from tests.flows.history_samples import judging_book, written


@pytest.fixture(scope="module")
def book():
    return judging_book()


@pytest.fixture(scope="module")
def evidence(book, tmp_path_factory):
    return written(book, tmp_path_factory.mktemp("evidence"))
