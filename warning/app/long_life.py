"""What a process does once that is to run for months."""

import gc

NEW_OBJECTS = 10_000
YOUNG_ROUNDS = 20
OLD_ROUNDS = 50


def settle_for_long() -> None:
    """Take what was loaded so far out of the search for cycles, and search more rarely.

    Rules and sources stay until the end, and a round makes thousands of objects that are gone after it: with Python's
    own thresholds a third of a round in which nothing is new goes into looking through them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, YOUNG_ROUNDS, OLD_ROUNDS)
