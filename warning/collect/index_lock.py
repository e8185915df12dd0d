"""Who writes into a history index does so alone; the others wait. Readers do not: what is written is only added to."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def lock_file(index_directory: Path) -> Path:
    """Where the lock of an index stands: beside it, for the index itself may be replaced."""
    return index_directory.with_name(f"{index_directory.name}.lock")


@contextmanager
def writing_alone(index_directory: Path) -> Iterator[None]:
    """Wait until nobody else writes into the index. It ends with the process, however that ends."""
    with lock_file(index_directory).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
