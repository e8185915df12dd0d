"""A message as an HTML mail: tables, inline styles, at most one image that stands for itself, under 80 KB."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from warning.channels.message import Message
from warning.core.vocabulary import Severity

if TYPE_CHECKING:
    from jinja2 import Template

MAX_HTML_BYTES = 80_000

# The level is told by a word and by filled circles; the colour only repeats it (contrast with white >= 4.5).
_COLOURS = {
    Severity.UNKNOWN: "#59626d",
    Severity.MINOR: "#3d6b4f",
    Severity.MODERATE: "#8a5a00",
    Severity.SEVERE: "#b3400e",
    Severity.EXTREME: "#a4102a",
}
_FONTS = {
    "en": "'Segoe UI', -apple-system, 'Helvetica Neue', Arial, sans-serif",
    "ja": "'Hiragino Sans', 'Yu Gothic', Meiryo, 'Noto Sans CJK JP', sans-serif",
    "ko": "'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans CJK KR', sans-serif",
}
# Korean parts lines between words, Japanese not before marks and small kana.
_BREAKS = {
    "ko": "word-break:keep-all;overflow-wrap:anywhere;",
    "ja": "line-break:strict;overflow-wrap:anywhere;",
}


def html_form(message: Message, chart_cid: str = "chart") -> str:
    """Return the page. Everything is escaped by the template. `chart_cid` names the chart's part of the mail."""
    return _template().render(
        m=message,
        chart_cid=chart_cid,
        heading=message.title.partition(" · ")[2],
        gauge="●" * message.severity.rank + "○" * (Severity.EXTREME.rank - message.severity.rank),
        colour=_COLOURS[message.severity],
        fonts=_FONTS[message.language],
        breaks=_BREAKS.get(message.language, ""),
    )


@cache
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - loaded with the first mail

    source = files("warning.channels").joinpath("templates", "mail.html.j2").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source)
