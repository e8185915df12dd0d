"""Static English pages from templates: a title, one style sheet, no script."""

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from warning.report.words import digest_words


class PageText:
    """How pages write levels and times."""

    def level(self, severity: str) -> str:
        return digest_words("en").say(f"level.{severity}")

    def instant(self, value: datetime | None) -> str:
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if value else "time not stated"


def html_page(template: str, **values: object) -> str:
    """Return the template filled; every value is escaped."""
    return _environment().get_template(template).render(words=PageText(), **values)


def page_style() -> str:
    return files("warning.report").joinpath("templates", "page.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("warning.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
