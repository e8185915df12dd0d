"""The answer to "why did this rule fire, or not, on this piece of evidence?", as a tree."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainNode:
    """One condition of a rule and whether it held.

    `passed` is None for a condition that was not reached or has no verdict of its own (an extracted fact).
    `detail` says what was found, or what would have been needed, in one sentence. Of the children of a node
    that is `any_of`, one suffices; of any other, all must hold that have a verdict.
    """

    label: str
    passed: bool | None
    detail: str = ""
    children: tuple["ExplainNode", ...] = ()
    any_of: bool = False

    def lines(self, indent: int = 0) -> Iterator[str]:
        """Yield the tree as text, two spaces a level; a node starts with PASS, FAIL or a dash."""
        verdict = {True: "PASS", False: "FAIL", None: "-"}[self.passed]
        detail = f": {self.detail}" if self.detail else ""
        yield f"{'  ' * indent}{verdict} {self.label}{detail}"
        for child in self.children:
            yield from child.lines(indent + 1)

    def obstacles(self) -> Iterator[str]:
        """Yield what kept the node from holding: each condition that failed, of alternatives the nearest one."""
        if self.passed is not False:
            return
        failed = [child for child in self.children if child.passed is False]
        if not failed:
            yield f"{self.label}: {self.detail}" if self.detail else self.label
        elif not self.any_of:
            for child in failed:
                yield from child.obstacles()
        else:
            nearest = max(failed, key=lambda child: child.share_held())
            lead = f"none of {len(failed)} ways holds; the nearest fails at " if len(failed) > 1 else ""
            yield lead + "; ".join(nearest.obstacles())

    def share_held(self) -> float:
        """The share of the conditions with a verdict that hold; a node without children is its own."""
        judged = [child for child in self.children if child.passed is not None]
        if not judged:
            return float(bool(self.passed))
        return sum(child.share_held() for child in judged) / len(judged)

    def document(self) -> dict[str, object]:
        """Return the tree as plain values for JSON."""
        return {
            "label": self.label,
            "passed": self.passed,
            "detail": self.detail,
            "children": [child.document() for child in self.children],
        }
