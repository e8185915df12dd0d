"""What a proof of the ways out says: what was tried, what came out where it must not, and the second opinion on what may pass."""

from dataclasses import dataclass, field

from warning.core.desks import Desk
from warning.core.rules import AnyRule
from warning.core.vocabulary import Marking

Release = frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One path that lets out more than it may (or shows it): which alert, and where it came out."""

    rule_id: str
    marking: Marking
    release_to: Release
    desk_id: str
    path: str
    detail: str

    @property
    def sentence(self) -> str:
        what = f"TLP:{self.marking.value}, releasable to {listed(self.release_to)}, rule {self.rule_id}"
        return f"BREACH {self.desk_id} by {self.path}: {self.detail} ({what})"


@dataclass(slots=True, kw_only=True)
class Proof:
    """What was tried. `paths` counts rule x marking x release x destination; `payloads` the renderings read.

    `canaries_read` counts the canaries that rightly came out: none at all would prove the proof blind.
    """

    paths: int = 0
    passed: int = 0
    payloads: int = 0
    digests: int = 0
    figures: int = 0
    sources: int = 0
    canaries_read: int = 0
    breaches: list[Breach] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A rule under one marking and release list, with the canary that its evidence carries."""

    rule: AnyRule
    marking: Marking
    release_to: Release
    canary: str

    def breach(self, desk: Desk, path: str, detail: str) -> Breach:
        return Breach(
            rule_id=self.rule.id,
            marking=self.marking,
            release_to=self.release_to,
            desk_id=desk.id,
            path=path,
            detail=detail,
        )


def may_pass(marking: Marking, release_to: Release, desk: Desk, ceiling: Marking) -> bool:
    """The second opinion: from the order of the markings and the desk's file, not from the router."""
    order = (Marking.CLEAR, Marking.GREEN, Marking.AMBER, Marking.AMBER_STRICT, Marking.RED)
    rank = order.index(marking)
    is_named = release_to is None or desk.country in release_to
    return is_named and rank <= order.index(desk.clearance) and rank <= order.index(ceiling)


def listed(release_to: Release) -> str:
    """Return who a release list names, for a person to read."""
    if release_to is None:
        return "everybody"
    return ",".join(sorted(release_to)) or "nobody"


def proof_document(proof: Proof) -> dict[str, object]:
    """Return what was tried, and every breach, as plain values for JSON."""
    return {
        "paths": proof.paths,
        "passed": proof.passed,
        "payloads": proof.payloads,
        "digest_entries": proof.digests,
        "exposure_figures": proof.figures,
        "sources": proof.sources,
        "canaries_read": proof.canaries_read,
        "breaches": [
            {
                "rule": breach.rule_id,
                "marking": breach.marking.value,
                "release_to": listed(breach.release_to),
                "desk": breach.desk_id,
                "path": breach.path,
                "detail": breach.detail,
            }
            for breach in proof.breaches
        ],
    }
