"""What a person can do about a source that nothing mends."""

from warning.app.source_preview import Preview


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
        case "empty":
            return (
                "open the address in a browser: where entries stand there, `warning feeds parse` finds how to read a saved copy;"
                " where it is right that there are none at times, allow it (expect: {rows: {min: 0}})"
            )
        case "drifted":
            return "save the document and see what can be read of it: warning feeds parse FILE --as FORMAT"
    return ""
