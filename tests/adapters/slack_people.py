"""People in a Slack workspace: what Slack sends when they press a button of a message or send a form."""

from typing import Any


def user(user_id: str = "U0KIM", name: str = "kim") -> dict[str, str]:
    return {"id": user_id, "name": name, "username": name}


def button(message: dict[str, Any], control: str) -> dict[str, Any]:
    """Find a button of a message as it was posted."""
    rows = [block for block in message["blocks"] if block["type"] == "actions"]
    return next(e for e in rows[-1]["elements"] if e["action_id"] == f"alert_{control}")


def press(message: dict[str, Any], control: str, channel: str = "C0KR", **who: str) -> dict[str, Any]:
    found = button(message, control)
    return {
        "type": "block_actions",
        "user": user(**who),
        "channel": {"id": channel},
        "trigger_id": "T1.2",
        "actions": [{"action_id": found["action_id"], "value": found["value"], "type": "button"}],
    }


def fill(view: dict[str, Any], *, reason="", person="", desk="", **who: str) -> dict[str, Any]:
    values: dict[str, Any] = {"reason": {"reason": {"type": "plain_text_input", "value": reason or None}}}
    if person:
        values["who"] = {"person": {"type": "users_select", "selected_user": person}}
    if desk:
        values["desk"] = {"desk": {"type": "static_select", "selected_option": {"value": desk}}}
    given = {"callback_id": view["callback_id"], "private_metadata": view["private_metadata"]}
    return {
        "type": "view_submission",
        "user": user(**who),
        "view": {**given, "state": {"values": values}},
    }
