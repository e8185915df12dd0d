"""What one round of collecting did, source by source."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from warning.core.health import SourceCondition


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class SourceOutcome:
    """`answer` is fresh, not_modified, unchanged, or failed when nothing usable came; none when not asked.

    `items_late` counts new items that appeared while the source could not be read. Of `items_revised` so many are
    `items_relabelled`: their words are as they were.
    """

    source_id: str
    answer: str
    condition: SourceCondition
    cause: str = ""
    seen: int = 0
    items_new: int = 0
    items_revised: int = 0
    items_relabelled: int = 0
    items_late: int = 0
    observations_new: int = 0
    listing_changes: int = 0

    @property
    def news(self) -> int:
        """New and revised items, new figures and changed list entries, added up."""
        return self.items_new + self.items_revised + self.observations_new + self.listing_changes

    @property
    def published(self) -> int:
        """What of the news the source brought itself: another label is the catalogue's."""
        return self.news - self.items_relabelled

    def with_relabelled(self, relabelled: Mapping[str, int]) -> "SourceOutcome":
        count = relabelled.get(self.source_id, 0)
        revised, alike = self.items_revised + count, self.items_relabelled + count
        return replace(self, items_revised=revised, items_relabelled=alike) if count else self


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectReport:
    """`outcomes` are sorted by source; `still_running` names sources that outlasted the round's patience."""

    outcomes: tuple[SourceOutcome, ...] = ()
    still_running: tuple[str, ...] = ()

    @property
    def polled(self) -> int:
        return sum(outcome.answer != "none" for outcome in self.outcomes)

    @property
    def failed(self) -> int:
        return sum(outcome.answer == "failed" for outcome in self.outcomes)

    @property
    def fresh(self) -> int:
        return sum(outcome.answer == "fresh" for outcome in self.outcomes)

    @property
    def new_evidence(self) -> int:
        """New and revised items, new figures and changed list entries, added up."""
        return sum(outcome.news for outcome in self.outcomes)

    def with_relabelled(self, relabelled: Mapping[str, int]) -> "CollectReport":
        """Return the report with the stored items that were relabelled behind the polls, by source, among the revised."""
        if not relabelled:
            return self
        return replace(self, outcomes=tuple(one.with_relabelled(relabelled) for one in self.outcomes))

    def counts(self) -> dict[str, int]:
        """The report as `--json` prints it."""
        return {
            "polled": self.polled,
            "fresh": self.fresh,
            "unchanged": self.polled - self.fresh - self.failed,
            "failed": self.failed,
            "unconfigured": sum(o.condition == "unconfigured" for o in self.outcomes),
            "items_new": sum(o.items_new for o in self.outcomes),
            "items_revised": sum(o.items_revised for o in self.outcomes),
            "observations_new": sum(o.observations_new for o in self.outcomes),
            "listing_changes": sum(o.listing_changes for o in self.outcomes),
            "still_running": len(self.still_running),
        }
