"""Buttons and forms of an alert in Slack, and what comes back when somebody uses them. Pure.

A button's value is the delivery it stands on and the version it acts on: what it may do is looked up again, never read
from Slack.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from warning.channels.plain import plain
from warning.channels.words import Words, words_for

Block = dict[str, Any]
Control = Literal["ack", "assign", "false_positive", "escalate", "share", "confirm"]

CONTROLS: tuple[Control, ...] = get_args(Control)
SHOWN: tuple[Control, ...] = ("ack", "assign", "false_positive", "escalate", "share")
NEEDS_REASON = frozenset({"false_positive", "share"})
NEEDS_PERSON = frozenset({"assign", "escalate"})
PREFIX = "alert_"
STYLES = {"ack": "primary", "false_positive": "danger", "confirm": "primary"}
REASON_LIMIT = 1000
MOST_DESKS = 100

_VALUE = re.compile(r"([A-Za-z0-9_-]{1,100}):([1-9][0-9]{0,8})(?::([a-z0-9-]{1,60}))?")
_USER = re.compile(r"[UW][A-Z0-9]{1,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """Somebody pressed a button. `desk_id` is set for confirm alone."""

    control: Control
    row_id: str
    version: int
    user_id: str
    user_name: str
    channel: str
    trigger_id: str
    desk_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """Somebody sent a form, which was written in `language`."""

    control: Control
    row_id: str
    version: int
    user_id: str
    user_name: str
    reason: str
    assignee_id: str
    desk_id: str
    language: str


def actor(used: Pressed | Filled) -> str:
    """Return who acted, for the record: the account first, since a name can be changed."""
    return f"slack:{used.user_id} {used.user_name}".strip()


def buttons(row_id: str, version: int, language: str) -> Block:
    """Return the row of buttons under an alert."""
    words = words_for(language)
    return {
        "type": "actions",
        "block_id": f"actions-v{version}",
        "elements": [_button(control, f"{row_id}:{version}", words) for control in SHOWN],
    }


def confirm_button(row_id: str, version: int, desk_id: str, language: str) -> Block:
    """Return the button by which a second person confirms that an alert is shared."""
    value = f"{row_id}:{version}:{desk_id}"
    return {"type": "actions", "elements": [_button("confirm", value, words_for(language))]}


def _button(control: Control, value: str, words: Words) -> Block:
    style = {"style": STYLES[control]} if control in STYLES else {}
    return {
        "type": "button",
        "action_id": f"{PREFIX}{control}",
        "text": _plain(words.say(f"button.{control}")),
        "value": value,
        **style,
    }


def form(
    pressed: Pressed, alert_key: str, version: int, desks: Sequence[tuple[str, str]], language: str
) -> Block:
    """Return the modal that asks for what the act needs. `desks` are (id, title) of those one can share with."""
    words, control = words_for(language), pressed.control
    blocks: list[Block] = [
        {
            "type": "context",
            "elements": [_plain(words.say("modal.alert", key=alert_key, version=version))],
        }
    ]
    if control in NEEDS_PERSON:
        people: Block = {"type": "users_select", "action_id": "person"}
        blocks.append(_input("who", words.say("modal.who"), people))
    if control == "share":
        options = [{"text": _plain(plain(title, 75)), "value": key} for key, title in desks[:MOST_DESKS]]
        chooser: Block = {"type": "static_select", "action_id": "desk", "options": options}
        blocks.append(_input("desk", words.say("modal.desk"), chooser))
    asked = {
        "type": "plain_text_input",
        "action_id": "reason",
        "multiline": True,
        "max_length": REASON_LIMIT,
    }
    blocks.append(_input("reason", words.say("modal.reason"), asked, optional=control not in NEEDS_REASON))
    return {
        "type": "modal",
        "callback_id": f"{PREFIX}{control}",
        "private_metadata": f"{pressed.row_id}:{pressed.version}:{words.language}",
        "title": _plain(words.say(f"modal.{control}"), 24),
        "submit": _plain(words.say("modal.submit"), 24),
        "close": _plain(words.say("modal.cancel"), 24),
        "blocks": blocks,
    }


def missing(filled: Filled) -> dict[str, str]:
    """Return what a form lacks, by block: Slack shows it beside the field."""
    words, wrong = words_for(filled.language), {}
    if filled.control in NEEDS_REASON and not filled.reason:
        wrong["reason"] = words.say("modal.reason_needed")
    if filled.control in NEEDS_PERSON and not filled.assignee_id:
        wrong["who"] = words.say("modal.who_needed")
    if filled.control == "share" and not filled.desk_id:
        wrong["desk"] = words.say("modal.desk_needed")
    return wrong


def read_interaction(payload: Mapping[str, Any]) -> Pressed | Filled | None:
    """Return what somebody did with a control of ours; None for anything else, however it is formed."""
    try:
        if payload.get("type") == "block_actions":
            return _pressed(payload)
        if payload.get("type") == "view_submission":
            return _filled(payload)
    except (KeyError, IndexError, TypeError, AttributeError):
        return None
    return None


def _pressed(payload: Mapping[str, Any]) -> Pressed | None:
    action = payload["actions"][0]
    control, value = _control(action["action_id"]), _VALUE.fullmatch(action["value"])
    user_id, user_name = _user(payload)
    if control is None or value is None or not user_id:
        return None
    return Pressed(
        control=control,
        row_id=value[1],
        version=int(value[2]),
        desk_id=value[3] or "",
        user_id=user_id,
        user_name=user_name,
        channel=str(payload["channel"]["id"]),
        trigger_id=str(payload.get("trigger_id", "")),
    )


def _filled(payload: Mapping[str, Any]) -> Filled | None:
    view = payload["view"]
    control, value = _control(view["callback_id"]), _VALUE.fullmatch(view["private_metadata"])
    user_id, user_name = _user(payload)
    if control is None or value is None or not user_id:
        return None
    given = view["state"]["values"]
    option = _given(given, "desk", "desk", "selected_option") or {}
    assignee = str(_given(given, "who", "person", "selected_user") or "")
    return Filled(
        control=control,
        row_id=value[1],
        version=int(value[2]),
        user_id=user_id,
        user_name=user_name,
        reason=plain(str(_given(given, "reason", "reason", "value") or ""), REASON_LIMIT),
        assignee_id=assignee if _USER.fullmatch(assignee) else "",
        desk_id=str(option.get("value", "")),
        language=value[3] or "",
    )


def _given(values: Mapping[str, Any], block: str, action: str, key: str) -> Any:
    return values.get(block, {}).get(action, {}).get(key)


def _control(action_id: str) -> Control | None:
    return next((control for control in CONTROLS if action_id == f"{PREFIX}{control}"), None)


def _user(payload: Mapping[str, Any]) -> tuple[str, str]:
    user = payload["user"]
    user_id = str(user["id"])
    name = plain(str(user.get("name") or user.get("username") or ""), 60)
    return (user_id if _USER.fullmatch(user_id) else ""), name


def _input(block_id: str, label: str, element: Block, *, optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": block_id,
        "label": _plain(label),
        "element": element,
        "optional": optional,
    }


def _plain(text: str, limit: int = 75) -> Block:
    return {"type": "plain_text", "text": plain(text, limit), "emoji": False}
