"""What a person can do about a source that nothing mends, and has to look at before a mend is taken."""

from collections.abc import Iterator

from warning.app.mending import Mend
from warning.app.source_preview import Preview
from warning.catalog.sources import SourceSpec
from warning.core.formats import HtmlListFormat


def next_step(before: Preview) -> str:
    """What a person can do where nothing that was tried mends a source; empty where the notes say it."""
    cause = before.verdict.cause
    match before.verdict.condition:
        case "failing" if "certificate" in cause:
            return (
                "only the publisher can renew its certificate; look whether this machine's clock and root certificates are"
                " right. It is not read without: a page that anybody may forge is no evidence"
            )
        case "failing" if "no connection" in cause or "has no address" in cause or "said nothing" in cause:
            return "open the address in a browser from another network: where it answers there, look at this machine's own"
        case "failing" if "404" in cause or "410" in cause:
            return "look for the new address on the publisher's site and set `url`; it is asked again at growing intervals"
        case "failing" if "is not a public address" in cause:
            return (
                "an address in your own network is asked only where WARNING_ALLOW_PRIVATE_HOSTS names it; where a publisher's"
                " name leads there, this machine's name server is wrong, or somebody has taken the name: do not open it"
            )
        case "frozen":
            return (
                "open the address in a browser: where newer entries stand there, the page is another by now, or is built by a"
                " script: look for its feed; where none do, the publisher may publish elsewhere: set `url`, or let it be slower"
                " (expect: {newest_within_days: ...})"
            )
        case "empty":
            return (
                "open the address in a browser: where entries stand there, `warning feeds parse` finds how to read a saved copy;"
                " where it is right that there are none at times, allow it (expect: {rows: {min: 0}})"
            )
        case "drifted":
            return "save the document and see what can be read of it: warning feeds parse FILE --as FORMAT"
    return ""


def doubts(spec: SourceSpec, found: Mend) -> Iterator[str]:
    """Yield what the state of a source does not tell, and what a proposal would no longer tell."""
    items = found.before.parsed.items
    selects = isinstance(spec.parse, HtmlListFormat) and spec.parse.date
    if selects and items and all(item.published_at is None or item.time_assumed for item in items):
        yield (
            f"no entry has a date where parse.date looks ({selects}): their dates are those of the poll, so that old entries"
            " look new; name where dates stand now, or leave `date` out to have the text searched"
        )
    for key, value in found.proposal.changes.items() if found.proposal else ():
        if key in LOWER_BOUNDS:
            yield f"{key} goes down to {value}: with it nobody is told that entries are missing; look first whether they are"


LOWER_BOUNDS = frozenset({"expect.rows.min", "expect.items_per_week.min"})
