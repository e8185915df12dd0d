"""How long a list must say something before it is told, and when a version of it is not believed."""

from datetime import timedelta

from pydantic import Field

from warning.core.model import OperatorModel


class ListPatience(OperatorModel):
    """`expect.list` of a source; what is left out stands as here.

    `absent_days`: an entry must be missing for so long. `flap_days`: an amendment that goes back to what stood
    before within so many days must last as long before it is told. A version that lost more than `shrunk_share`
    of the entries, and `shrunk_min` or more, is taken for a cut page; `shrunk_days` later it is told once. (The
    largest share that the sanctions list of the United States lost between two of 47 versions is 1.7 %.)
    """

    absent_days: float = Field(default=2, ge=0, le=60)
    flap_days: float = Field(default=2, ge=0, le=60)
    shrunk_share: float = Field(default=0.25, gt=0, le=1)
    shrunk_min: int = Field(default=5, ge=1)
    shrunk_days: float = Field(default=3, ge=0, le=60)

    @property
    def absent_for(self) -> timedelta:
        return timedelta(days=self.absent_days)

    @property
    def flaps_for(self) -> timedelta:
        return timedelta(days=self.flap_days)

    @property
    def shrunk_for(self) -> timedelta:
        return timedelta(days=self.shrunk_days)


PATIENCE = ListPatience()
