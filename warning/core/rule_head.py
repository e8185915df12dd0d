"""What every rule carries, whatever its kind."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from warning.core.approval import Publish
from warning.core.expectations import Expectation
from warning.core.ids import content_id
from warning.core.model import OperatorModel
from warning.core.terms import Language, TermId
from warning.core.vocabulary import Direction, Severity

RuleId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]


class RuleBase(OperatorModel):
    """What every rule carries, whatever its kind.

    `severity` is the level of the act itself; each country's exposure shifts it later.
    `act` and `direction` may be left to the text (then they come from the matched act's entry in rules/terms).
    `titles` is the title as desks of other languages read it, by language.
    """

    id: RuleId
    title: str = Field(max_length=120)
    titles: Mapping[Language, Annotated[str, Field(max_length=120)]] = {}
    status: Literal["experimental", "stable", "deprecated"] = "stable"
    enabled: bool = True
    severity: Severity
    act: TermId | None = None
    direction: Direction | None = None
    owner: str
    rationale: str
    false_positives: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    max_age_days: int = Field(default=14, ge=1, le=400)
    publish: Publish = Publish()
    backtest: tuple[Expectation, ...] = ()

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits over what the rule flags: prose, examples, `publish` and `backtest` apart.

        A key that says no more than its default counts for nothing: an upgrade that brings new keys changes no
        rule that does not use them.
        """
        prose = {
            "titles", "examples", "rationale", "false_positives", "references", "owner", "tags", "publish", "backtest", "one_language",
        }  # fmt: skip
        return content_id("r", self.model_dump_json(exclude=prose, exclude_defaults=True))[2:14]

    @property
    def is_awake(self) -> bool:
        """Whether it may fire: neither switched off nor deprecated."""
        return self.enabled and self.status != "deprecated"

    @property
    def interrupts(self) -> bool:
        return True
