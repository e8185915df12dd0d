"""A message as Slack Block Kit, inside the budget of 12 blocks and 8,000 characters of JSON.

Whatever comes from outside stands in plain_text and rich_text elements, where Slack reads no markup. Only the
top-level `text` is markup, so it is escaped.
"""

import json
from typing import Any

from warning.channels.message import Labelled, Message, Source
from warning.channels.plain import shorten
from warning.channels.slack_controls import buttons
from warning.core.deliveries import OutboxRow

Block = dict[str, Any]

MAX_BLOCKS = 12
MAX_JSON = 8000
MAX_HEADER = 150
MAX_TEXT = 1500
MAX_ELEMENT = 2000
EVENT_TYPE = "early_warning_alert"

# From roomy to bare: pieces of evidence, characters of a title, reasons, characters of a value, longest link.
_SIZES = (
    (5, 240, 6, 400, 600),
    (4, 160, 5, 300, 400),
    (3, 120, 4, 240, 300),
    (2, 90, 3, 160, 200),
    (1, 60, 1, 90, 0),
)


def escape(text: str) -> str:
    """Return `text` for a markup field: `<!channel>` is shown, not obeyed."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def slack_payload(message: Message, row: OutboxRow, *, can_act: bool = True, calls: bool = False) -> Block:
    """Return what chat.postMessage and chat.update take, the channel apart.

    `can_act` adds the buttons: only where somebody listens to them. `calls` mentions whom the destination names.
    """
    payload: Block = {}
    for size in _SIZES:
        blocks = _blocks(message, *size)
        if can_act:
            blocks.insert(-1, buttons(row.id, message.version, message.language))
        if calls and message.mention:
            blocks.insert(1, _called(message))
        payload = {
            "text": escape(shorten(message.sentence, MAX_TEXT // 2)),
            "blocks": blocks,
            "metadata": delivery_metadata(row),
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if json_size(payload) <= MAX_JSON:
            break
    return payload


def note_payload(message: Message, row: OutboxRow, *, calls: bool = False) -> Block:
    """Return what goes into the thread when a new version has replaced the message above it, or reminds of it."""
    heading = message.reminder or message.updated
    changes = () if message.reminder else message.changes
    said = " · ".join(changes) or message.situation
    text = shorten(f"{heading.rstrip('.。')}{message.headings.colon}{said}", MAX_TEXT // 2)
    bullets = _bullets([[_text(shorten(change, 400))] for change in changes])
    elements = [_section([_bold(heading)]), *([bullets] if changes else [])]
    return {
        "text": escape(text),
        "blocks": [
            *([_called(message)] if calls and message.mention else []),
            _rich("note", message, elements),
        ],
        "metadata": delivery_metadata(row),
        "unfurl_links": False,
        "unfurl_media": False,
    }


def delivery_metadata(row: OutboxRow) -> Block:
    """What tells our own message from any other when its sending was cut short."""
    payload = {"delivery_id": row.id, "alert_key": row.alert_key, "version": row.alert_version}
    return {"event_type": EVENT_TYPE, "event_payload": payload}


def json_size(payload: Block) -> int:
    return len(json.dumps(payload, ensure_ascii=False))


def _blocks(message: Message, sources: int, title: int, reasons: int, value: int, link: int) -> list[Block]:
    headings = message.headings
    blocks: list[Block] = [
        {
            "type": "header",
            "block_id": f"title-v{message.version}",
            "text": {"type": "plain_text", "text": shorten(message.title, MAX_HEADER), "emoji": False},
        },
    ]
    called = filter(None, (message.shared, message.reminder, message.standing))
    said = [_section([_bold(shorten(line, max(value, 200)))]) for line in called]
    if said:
        blocks.append(_rich("reminder", message, said))
    if message.changes:
        changed = _bullets([[_text(shorten(change, value))] for change in message.changes[:reasons]])
        blocks.append(_rich("changes", message, [_section([_bold(message.updated)]), changed]))
    blocks.append(_rich("lead", message, [_section([_text(shorten(message.situation, 2 * value))])]))
    bare = value == _SIZES[-1][3]
    fields = [
        _section(_field(field, headings.colon, value))
        for field in message.fields
        if not (bare and field.is_aside)
    ]
    why = [_section([_text(shorten(reason, value))]) for reason in message.why[:reasons]]
    shown = [_section(_source(source, title, link)) for source in message.sources[:sources]]
    blocks.append(
        _rich(
            "next",
            message,
            [
                _section(
                    [_bold(headings.next_step + headings.colon), _text(shorten(message.next_step, value))]
                )
            ],
        )
    )
    blocks += _listed("fields", message, headings.fields, fields) if fields else []
    blocks += _listed("why", message, headings.why, why) if why else []
    blocks += _listed("evidence", message, message.evidence, shown)
    blocks.append(
        {
            "type": "context",
            "block_id": f"context-v{message.version}",
            "elements": [
                {"type": "plain_text", "text": shorten(part, 200), "emoji": False}
                for part in message.context[:10]
            ],
        }
    )
    return blocks


def _listed(name: str, message: Message, heading: str, sections: list[Block]) -> list[Block]:
    """A heading with its list; Slack takes no list without an entry."""
    return [_rich(name, message, [_section([_bold(heading)]), *([_list(sections)] if sections else [])])]


def _called(message: Message) -> Block:
    """Who is to look at once: users by U or W, user groups by S."""
    named: list[Block] = []
    for who in message.mention:
        kind = "usergroup" if who.startswith("S") else "user"
        named += [{"type": kind, f"{kind}_id": who}, _text(" ")]
    return _rich("call", message, [_section(named)])


def _field(field: Labelled, colon: str, limit: int) -> list[Block]:
    return [_bold(field.label + colon), _text(shorten(field.value, limit))]


def _source(source: Source, title: int, link: int) -> list[Block]:
    """The original title, linked where the link is short enough to be given whole."""
    shown = shorten(source.title, title)
    can_link = bool(source.link) and len(source.link) <= link
    head = {"type": "link", "url": source.link, "text": shown} if can_link else _text(shown)
    archive = [f"SHA-256 {source.archive_hash[:12]}…"] if source.archive_hash else []
    return [head, _text(shorten(" · ".join(["", source.publisher, *source.notes, *archive]), 300))]


def _rich(name: str, message: Message, elements: list[Block]) -> Block:
    return {"type": "rich_text", "block_id": f"{name}-v{message.version}", "elements": elements}


def _section(elements: list[Block]) -> Block:
    return {"type": "rich_text_section", "elements": elements}


def _bullets(lines: list[list[Block]]) -> Block:
    return _list([_section(line) for line in lines])


def _list(sections: list[Block]) -> Block:
    return {"type": "rich_text_list", "style": "bullet", "elements": sections}


def _text(text: str) -> Block:
    return {"type": "text", "text": text or " "}


def _bold(text: str) -> Block:
    return {"type": "text", "text": text or " ", "style": {"bold": True}}
