"""A parser for tests of the parse processes: it reads as the real one does, and ends or hangs where a mail says so."""

import os

from warning.collect.parse import parse
from warning.collect.parse_time_limit import time_limit
from warning.core.documents import Document, Parsed
from warning.core.formats import Format
from warning.core.formats_documents import MailFormat
from warning.core.sources import SourceProfile

OPENED_KILLS = b"X-Test: what is attached ends its reader"
KILLS, HANGS = b"X-Test: ends its reader", b"X-Test: hangs its reader"


def parse_or_die(
    document: Document, format_: Format, profile: SourceProfile, known: frozenset[str]
) -> Parsed:
    if KILLS in document.body:
        os._exit(9)
    if OPENED_KILLS in document.body and isinstance(format_, MailFormat) and format_.attachments:
        os._exit(9)
    with time_limit(0.3):
        while HANGS in document.body:
            pass
    return parse(document, format_, profile, known=known)
