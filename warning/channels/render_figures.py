"""The line about a figure in the desk's language: it is this project's own line, not a publisher's title."""

from warning.channels.naming import Naming
from warning.channels.render_why import translated
from warning.core.series.headline_parts import Line, line_of
from warning.core.signals import Exhibit


def figure_title(exhibit: Exhibit, naming: Naming) -> str:
    """Return "黒鉛（HS 250410）の輸出（中国→日本）、2023年12月：20 t …", "" where the exhibit is no such line."""
    line = _line(exhibit)
    if line is None:
        return ""
    said = translated({"period": line.period, "move": line.move}, naming)
    return naming.say(
        "figure.title",
        series=_series(line, naming),
        period=said["period"],
        found=line.found,
        move=said["move"],
        base=_word(line.base, naming),
        baseline=line.baseline,
    )


def figure_series(exhibit: Exhibit, naming: Naming) -> str:
    """Return what the figure is of, without the figure: the title's head where it is no such line."""
    line = _line(exhibit)
    return _series(line, naming) if line else exhibit.title.rsplit(", ", 1)[0]


def _line(exhibit: Exhibit) -> Line | None:
    return line_of(exhibit.title) if exhibit.kind in {"customs", "price"} else None


def _series(line: Line, naming: Naming) -> str:
    return naming.say(
        "figure.series",
        subject=_material(line.subject, naming),
        code=naming.aside(f"HS {line.hs_code}") if line.hs_code else "",
        flow=_word(line.flow, naming),
        route=_route(line, naming),
    )


def _route(line: Line, naming: Naming) -> str:
    places = [_place(place, naming) for place in line.route.split(" → ")]
    if len(places) == 1:
        return places[0]
    return naming.say("figure.route", exporter=places[0], importer=places[1])


def _word(english: str, naming: Naming) -> str:
    return naming.say(f"figure.{english.replace(' ', '_')}")


def _material(english: str, naming: Naming) -> str:
    known = naming.book.terms.materials
    return next(
        (naming.material(m) for m in known if known[m].label["en"].lower() == english.lower()), english
    )


def _place(english: str, naming: Naming) -> str:
    if english == "world":
        return naming.say("figure.world")
    known = naming.book.terms.actors
    return next((naming.state(code) for code in known if known[code].label["en"] == english), english)
