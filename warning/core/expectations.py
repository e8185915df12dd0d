"""What a rule must have done over a stretch of history: at least, at most or exactly so many alerts."""

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from warning.core.model import OperatorModel


class Expectation(OperatorModel):
    """Alerts opened from the day `from` to the day `to`, both included, in which the rule had a part.

    `rules backtest` judges it when it has replayed all those days; `note` says what happened then.
    """

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    exactly: int | None = Field(default=None, ge=0)
    at_least: int | None = Field(default=None, ge=1)
    at_most: int | None = Field(default=None, ge=0)
    note: str = ""

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"to ({self.last}) lies before from ({self.first})")
        if (self.exactly is None) == (self.at_least is None and self.at_most is None):
            raise ValueError("give exactly, or at_least, at_most or both")
        if self.at_least is not None and self.at_most is not None and self.at_most < self.at_least:
            raise ValueError(f"at_most ({self.at_most}) is less than at_least ({self.at_least})")
        return self

    def holds(self, count: int) -> bool:
        if self.exactly is not None:
            return count == self.exactly
        return (self.at_least or 0) <= count and (self.at_most is None or count <= self.at_most)

    def __str__(self) -> str:
        words = {"exactly": self.exactly, "at least": self.at_least, "at most": self.at_most}
        wanted = " and ".join(f"{word} {n}" for word, n in words.items() if n is not None)
        return f"{wanted} from {self.first} to {self.last}"
