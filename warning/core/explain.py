"""The answer to "why did this rule fire, or not, on this piece of evidence?", as a tree."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainNode:
    """One condition of a rule and whether it held.

    `passed` is None for a condition that was not reached or has no verdict of its own (an extracted fact).
    `detail` says what was found, or what would have been needed, in one sentence.
    """

    label: str
    passed: bool | None
    detail: str = ""
    children: tuple["ExplainNode", ...] = ()

    def lines(self, indent: int = 0) -> Iterator[str]:
        """Yield the tree as text, two spaces a level; a node starts with PASS, FAIL or a dash."""
        verdict = {True: "PASS", False: "FAIL", None: "-"}[self.passed]
        detail = f": {self.detail}" if self.detail else ""
        yield f"{'  ' * indent}{verdict} {self.label}{detail}"
        for child in self.children:
            yield from child.lines(indent + 1)

    def document(self) -> dict[str, object]:
        """Return the tree as plain values for JSON."""
        return {
            "label": self.label,
            "passed": self.passed,
            "detail": self.detail,
            "children": [child.document() for child in self.children],
        }
