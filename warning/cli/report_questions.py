"""The questions of `warning report` on a terminal: what was not said, in the order people tell it."""

from typing import Any

import click

from warning.catalog.complaints import did_you_mean
from warning.core.mission_reports import CREDIBILITIES, RELIABILITIES
from warning.core.rulebook import Rulebook
from warning.core.vocabulary import Marking


def asked(book: Rulebook, given: dict[str, Any]) -> dict[str, Any]:
    """Return `given` with the answers. What an option has said is not asked again."""
    answers = dict(given)
    desks = {desk.id: desk for desk in book.desks}
    if "desk" not in answers:
        answers["desk"] = click.prompt("Your desk", type=click.Choice(sorted(desks)))
    own = desks[answers["desk"]].country if answers["desk"] in desks else ""
    _ask(answers, "title", "What happened, on one line")
    if "materials" not in answers:
        answers["materials"] = _materials(book)
    _ask(
        answers,
        "country",
        "Whose act: the authority that holds, the seller that refuses (ISO 3166, such as CN)",
        upper=True,
    )
    _ask(answers, "place", "Where (Enter: not said)", default="")
    _ask(answers, "observed", "On which day, such as 2026-11-20 (Enter: not said)", default="")
    _ask(answers, "text", "What you were told (Enter: nothing more)", default="")
    if "reliability" not in answers:
        _explain({k: f"source {v}" for k, v in RELIABILITIES.items()})
        answers["reliability"] = click.prompt(
            "How reliable is who told you", type=click.Choice(list(RELIABILITIES))
        )
    if "credibility" not in answers:
        _explain({str(k): v for k, v in CREDIBILITIES.items()})
        answers["credibility"] = click.prompt("How credible is it", type=click.IntRange(1, 6))
    if "marking" not in answers:
        words = [marking.value for marking in Marking]
        answers["marking"] = click.prompt("TLP", type=click.Choice(words), default="AMBER")
    if "release_to" not in answers:
        said = click.prompt(
            f"Who may read it besides {own}, such as JP US (Enter: nobody)", default="", show_default=False
        )
        answers["release_to"] = tuple(said.upper().replace(",", " ").split())
    return {name: value for name, value in answers.items() if value != ""}


def _ask(
    answers: dict[str, Any], name: str, question: str, *, default: str | None = None, upper: bool = False
) -> None:
    if name not in answers:
        said = click.prompt(question, default=default, show_default=False)
        answers[name] = said.strip().upper() if upper else said.strip()


def _explain(words: dict[str, str]) -> None:
    click.echo("  " + "; ".join(f"{key} {meaning}" for key, meaning in words.items()))


def _materials(book: Rulebook) -> tuple[str, ...]:
    """Asked again until every name is one that rules know."""
    known = list(book.terms.materials)
    while True:
        said = click.prompt("Materials, such as gallium urea (Enter: none)", default="", show_default=False)
        names = tuple(said.replace(",", " ").split())
        unknown = [name for name in names if name not in known]
        if not unknown:
            return names
        click.echo(
            f"  no material is called {unknown[0]!r}; {did_you_mean(unknown[0], known) or 'see docs/rules.md'}"
        )
