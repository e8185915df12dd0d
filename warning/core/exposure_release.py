"""Who may see a figure of rules/exposure: the one check that every way out asks, and that fails closed."""

from collections.abc import Iterator
from dataclasses import dataclass

from warning.core.exposure import EVERYBODY, CountryExposure, Cover, Firm, Restricted
from warning.core.rulebook import Rulebook
from warning.core.vocabulary import Marking


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who reads: a country's desk, by a way that carries at most `ceiling`; None is whoever happens to read."""

    country: str | None
    ceiling: Marking


PUBLIC = Audience(country=None, ceiling=Marking.CLEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A figure that has a marking: whose it is, on what, and the figure."""

    owner: str
    material: str
    figure: Cover | Firm


def may_see(figure: Restricted, owner: str, audience: Audience) -> bool:
    """Whether the audience may see a figure of the country `owner`."""
    if figure.marking > audience.ceiling:
        return False
    if figure.release_to == EVERYBODY:
        return True
    return audience.country is not None and audience.country in released_to(figure, owner)


def released_to(figure: Restricted, owner: str) -> frozenset[str]:
    """Return the countries it may be shown to; the owner always. Meaningless for what everybody may see."""
    named = () if figure.release_to == EVERYBODY else figure.release_to
    return frozenset({owner, *named})


def restricted_figures(book: Rulebook) -> Iterator[Hidden]:
    """Yield every figure that has a marking of its own, in a steady order."""
    for country, exposure in sorted(book.exposure.items()):
        yield from _of_country(country, exposure)


def _of_country(country: str, exposure: CountryExposure) -> Iterator[Hidden]:
    for material, on in sorted(exposure.materials.items()):
        if on.days_of_cover is not None:
            yield Hidden(owner=country, material=material, figure=on.days_of_cover)
        for firm in on.users.firms:
            yield Hidden(owner=country, material=material, figure=firm)
