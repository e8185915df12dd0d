"""Draw the pictures of mails, Slack messages and a digest in docs/images anew, from what `warning demo` sent.

python -m bench.message_images HOME [TARGET]     HOME is the home of a demonstration that has ended

Needs Chromium and pdftoppm. The Slack pictures are a drawing of the message's blocks, not Slack itself.
"""

import base64
import email
import email.policy
import html
import json
import shutil
import subprocess
import sys
import tempfile
from email.message import EmailMessage
from pathlib import Path
from typing import Any

IMAGES = Path(__file__).parents[1] / "docs" / "images"
DESKS = {"en": "us", "ja": "jp", "ko": "kr"}
FIRST_ALERT, FIGURES = "20230703T104000", "20240122T081000"
DIGEST = "digest-2025-W45-kr.pdf"
SLACK_STYLE = (
    "body{font:15px/1.46 'Noto Sans CJK KR',sans-serif;margin:16px;color:#1d1c1d}h1{font-size:18px;margin:0 0 8px}"
    "ul{margin:2px 0 8px;padding-left:22px}p{margin:4px 0}a{color:#1264a3}.who{color:#1264a3;background:#e8f5fa}"
    "button{font:bold 13px sans-serif;padding:6px 11px;margin:4px 6px 4px 0;border:1px solid #bbb;border-radius:4px;"
    "background:#fff}.primary{background:#007a5a;color:#fff}.danger{background:#e01e5a;color:#fff}"
    ".context{color:#616061;font-size:12px}"
)


def main() -> None:
    home, target = Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else IMAGES
    outbox = home / "outbox"
    for language, desk in DESKS.items():
        mail = _mail(outbox, f"{FIRST_ALERT}-{desk}-v1")
        if language != "ko":
            _draw(_page(mail), target / f"mail-{language}.png", width=680)
        figures = _mail(outbox, f"{FIGURES}-{desk}-v1")
        _draw(_page(figures), target / f"mail-chart-{language}.png", width=640)
        _draw(_page(figures, images=False), target / f"mail-images-off-{language}.png", width=640)
        slack = next(outbox.rglob(f"{FIRST_ALERT}-{desk}-v1*.json"))
        blocks = json.loads(slack.read_text(encoding="utf-8"))["blocks"]
        _draw(_slack_page(blocks, language), target / f"slack-{language}.png", width=740)
    _first_page(home / "digests" / DIGEST, target / "digest-ko-pdf.png")


def _mail(outbox: Path, start: str) -> EmailMessage:
    path = next(outbox.rglob(f"{start}*.eml"))
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def _page(mail: EmailMessage, *, images: bool = True) -> str:
    """Return the mail's page with its own images inside, or as a reader sees it who loads none."""
    body = mail.get_body(("html",))
    assert body is not None
    page = str(body.get_content())
    for part in mail.walk():
        name = (part["Content-ID"] or "").strip("<>")
        if name and part.get_content_maintype() == "image":
            held = base64.b64encode(part.get_payload(decode=True)).decode()  # type: ignore[arg-type]  # bytes: an image
            page = page.replace(f"cid:{name}", f"data:image/png;base64,{held}" if images else "data:,")
    return page


def _slack_page(blocks: list[dict[str, Any]], language: str) -> str:
    shown = "".join(_block(block) for block in blocks)
    return f'<!doctype html><html lang="{language}"><meta charset="utf-8"><style>{SLACK_STYLE}</style>{shown}</html>'


def _block(block: dict[str, Any]) -> str:
    match block["type"]:
        case "header":
            return f"<h1>{html.escape(block['text']['text'])}</h1>"
        case "rich_text":
            return "".join(_element(element) for element in block["elements"])
        case "actions":
            return "".join(
                f'<button class="{button.get("style", "")}">{html.escape(button["text"]["text"])}</button>'
                for button in block["elements"]
            )
        case _:
            said = " &nbsp; ".join(html.escape(element["text"]) for element in block["elements"])
            return f'<p class="context">{said}</p>'


def _element(element: dict[str, Any]) -> str:
    match element["type"]:
        case "rich_text_section":
            return f"<p>{''.join(map(_part, element['elements']))}</p>"
        case _:
            items = (f"<li>{''.join(map(_part, item['elements']))}</li>" for item in element["elements"])
            return f"<ul>{''.join(items)}</ul>"


def _part(part: dict[str, Any]) -> str:
    if part["type"] in {"user", "usergroup"}:
        return f'<span class="who">@{part.get("user_id") or part.get("usergroup_id")}</span>'
    text = html.escape(part.get("text", ""))
    if part["type"] == "link":
        return f'<a href="{html.escape(part["url"])}">{text}</a>'
    return f"<b>{text}</b>" if part.get("style", {}).get("bold") else text


def _draw(page: str, target: Path, *, width: int, height: int = 2400) -> None:
    """Draw the whole page; what is empty below it is cut off."""
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory) / "page.html"
        source.write_text(page, encoding="utf-8")
        tall = Path(directory) / "page.png"
        command = [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            f"--window-size={width},{height}", f"--screenshot={tall}", source.as_uri(),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)
        _cut(tall, target)


def _cut(drawn: Path, target: Path) -> None:
    from PIL import Image, ImageChops  # noqa: PLC0415 - wanted for pictures alone

    with Image.open(drawn) as opened:
        picture = opened.convert("RGB")
    below = Image.new("RGB", picture.size, picture.getpixel((2, picture.height - 2)))
    box = ImageChops.difference(picture, below).getbbox()
    bottom = min(picture.height, (box[3] if box else picture.height) + 16)
    picture.crop((0, 0, picture.width, bottom)).quantize(64).save(target, optimize=True)


def _first_page(pdf: Path, target: Path) -> None:
    with tempfile.TemporaryDirectory() as directory:
        stem = Path(directory) / "page"
        subprocess.run(["pdftoppm", "-r", "80", "-f", "1", "-l", "1", "-png", pdf, stem], check=True)
        shutil.copy(next(Path(directory).glob("*.png")), target)


if __name__ == "__main__":
    main()
