"""How a series rule makes one series of several: a spread, a share, a concentration, a mirror gap.

The made series is judged by the rule's tests like any other: a spread can spike, a share can drift, an HHI
can cross a level.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from warning.core.model import OperatorModel

Grouping = Literal["hs_code", "material"]


class Leg(OperatorModel):
    """One side of a spread, among the series the rule selects; an empty list means every one."""

    reporters: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    series: tuple[str, ...] = ()


class Spread(OperatorModel):
    """The price outside over the price inside, of one material: 1.5 says half as dear again outside.

    Both are taken per kilogram in one currency. `exchange` names, for a currency, the series that says how
    much of it one US dollar buys; without it quotes in two currencies are refused. `inside_tax_ratio` is the tax
    the inside quote includes (0.13 in China). A quote counts for `stale_days` after its day, and one repeated
    unchanged for more than `stale_points` quotes counts no more (0: a price may stand still).
    """

    method: Literal["spread"]
    outside: Leg
    inside: Leg
    inside_tax_ratio: float = Field(default=0.0, ge=0, lt=1)
    exchange: Mapping[Annotated[str, Field(pattern=r"^[A-Z]{3}$")], str] = {}
    stale_days: int = Field(default=10, ge=0, le=120)
    stale_points: int = Field(default=0, ge=0, le=260)


class Share(OperatorModel):
    """Each supplier's share of a country's imports (`of: imports`), or each buyer's of its exports.

    The total is the published one with the world, else the sum of the rows where the table is whole.
    `markets` are the countries whose imports (exports) are looked at, `countries` those whose share is judged;
    an empty list means every one. `total_points` adds up so many figures first, which lumpy trade
    needs. `total_min` keeps small trades out (kilograms, whole money). `by: material` joins codes.
    """

    method: Literal["share"]
    of: Literal["imports", "exports"] = "imports"
    markets: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    by: Grouping = "hs_code"
    total_points: int = Field(default=1, ge=1, le=24)
    total_min: float = Field(default=0.0, ge=0)


class Concentration(OperatorModel):
    """The Herfindahl-Hirschman index of a country's suppliers (or buyers): the sum of squared shares, 0 to 1."""

    method: Literal["concentration"]
    of: Literal["imports", "exports"] = "imports"
    markets: tuple[str, ...] = ()
    by: Grouping = "hs_code"
    total_points: int = Field(default=1, ge=1, le=24)
    total_min: float = Field(default=0.0, ge=0)


class MirrorGap(OperatorModel):
    """What the importer says arrived over what the exporter says left; 1 is agreement.

    Goods leave `lag_points` before they arrive, and `total_points` figures are added up on either side. Money is
    counted with insurance and freight on arrival: the exporter's is raised by `cif_ratio` first.
    """

    method: Literal["mirror_gap"]
    by: Grouping = "hs_code"
    lag_points: int = Field(default=1, ge=0, le=6)
    total_points: int = Field(default=3, ge=1, le=24)
    cif_ratio: float = Field(default=0.1, ge=0, le=1)
    total_min: float = Field(default=0.0, ge=0)


Combine = Annotated[Spread | Share | Concentration | MirrorGap, Field(discriminator="method")]
