"""Tuning apart from the shipped rules: an upgrade never overwrites it, and every change has a reason."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from warning.catalog.complaints import did_you_mean
from warning.catalog.trees import RULE, RulesTree, overlay_files, read_files
from warning.catalog.typed import Placed, type_value
from warning.catalog.yaml_text import read_yaml
from warning.catalog.yaml_tree import Path_
from warning.core.model import OperatorModel
from warning.core.rule_head import RuleId
from warning.core.rules import AnyRule
from warning.core.terms import Names
from warning.errors import Problem

FIXED_KEYS = frozenset({"id", "kind", "match", "examples", "owner", "rationale"})


class Exclude(OperatorModel):
    """Phrases that keep the rule quiet wherever they stand, and sources it no longer looks at."""

    phrases: Names = {}
    sources: tuple[str, ...] = ()


class Overlay(OperatorModel):
    """One change of one shipped rule. It ends after the day `expires`.

    `set` names a key of the rule, dotted below the top (`severity`, `tests.0.threshold`), with its new value.
    `version` is the shipped rule's version that the change was made for: when an upgrade brings another one,
    `rules check` says so.
    """

    rule: RuleId
    reason: str = Field(min_length=1)
    author: str = Field(min_length=1)
    expires: date | None = None
    version: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")] | None = None
    enabled: bool | None = None
    set: Mapping[str, Any] = {}
    exclude: Exclude = Exclude()

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.enabled is None and not (self.set or self.exclude.phrases or self.exclude.sources):
            raise ValueError("an overlay needs at least one of enabled, set, exclude")
        return self


class OverlayFile(OperatorModel):
    """One file of the overlay directory: `overlays: [...]`."""

    overlays: tuple[Overlay, ...]


def read_overlays(directory: Path) -> tuple[tuple[Placed[Overlay], ...], tuple[Problem, ...]]:
    """Read the overlays of `directory` itself, in the order of files, then of entries."""
    paths, odd = overlay_files(directory)
    files, problems = read_files(paths, OverlayFile)
    whole = {placed.text.file: placed for placed in files}
    overlays: list[Placed[Overlay]] = []
    for path in paths:
        placed = whole.get(str(path))
        if placed is None:
            overlays += _those_that_can_be_read(path)
        else:
            overlays += [
                Placed(value=one, text=placed.text, root=("overlays", i))
                for i, one in enumerate(placed.value.overlays)
            ]
    return tuple(overlays), (*odd, *problems)


def _those_that_can_be_read(path: Path) -> Iterator[Placed[Overlay]]:
    """The right overlays of a file with mistakes: what they ask of the rules is judged all the same."""
    text, _ = read_yaml(path)
    entries = text.value.get("overlays") if text is not None and isinstance(text.value, dict) else None
    if text is None or not isinstance(entries, list):
        return
    for i, entry in enumerate(entries):
        value, _ = type_value(text, ("overlays", i), entry, Overlay)
        if value is not None:
            yield Placed(value=value, text=text, root=("overlays", i))


def apply_overlays(
    tree: RulesTree, overlays: Sequence[Placed[Overlay]], today: date | None
) -> tuple[RulesTree, tuple[Problem, ...]]:
    """Return the tree with its rules changed; of an overlay with mistakes, by those changes that the rule takes."""
    shipped = {placed.value.id: placed for placed in tree.rules}
    rules = dict(shipped)
    problems: list[Problem] = []
    for overlay in overlays:
        wanted = overlay.value.rule
        if wanted in tree.unread:
            continue  # its own file has mistakes, and says so
        if wanted not in rules:
            hint = did_you_mean(wanted, tuple(rules))
            problems.append(overlay.problem(("rule",), "EW301", f"there is no rule {wanted!r}", hint))
        elif today is not None and overlay.value.expires is not None and overlay.value.expires < today:
            message = f"the overlay of {wanted} ended on {overlay.value.expires}"
            problems.append(
                overlay.problem(("expires",), "EW302", message, "delete it or set a new date", fatal=False)
            )
        else:
            problems += _outdated(overlay, shipped[wanted].value)
            before = rules[wanted].value
            rules[wanted], wrong = _changed(rules[wanted], overlay)
            problems += wrong or _idle(overlay, before, rules[wanted].value)
    changed = [rules[p.value.id] if p is shipped[p.value.id] else p for p in tree.rules]
    return replace(tree, rules=changed), tuple(problems)


def _outdated(overlay: Placed[Overlay], shipped: AnyRule) -> tuple[Problem, ...]:
    wanted = overlay.value.version
    if wanted in (None, shipped.version):
        return ()
    message = f"{shipped.id} has changed since: this overlay was made for version {wanted}"
    hint = f"read the shipped rule again, then write version: {shipped.version}"
    return (overlay.problem(("version",), "EW306", message, hint, fatal=False),)


def _idle(overlay: Placed[Overlay], before: AnyRule, after: AnyRule) -> tuple[Problem, ...]:
    if after != before:
        return ()
    message = f"the overlay changes nothing: {before.id} says the same without it"
    return (overlay.problem(("rule",), "EW305", message, "delete the overlay", fatal=False),)


def _changed(
    placed: Placed[AnyRule], overlay: Placed[Overlay]
) -> tuple[Placed[AnyRule], tuple[Problem, ...]]:
    """Change the rule's text tree and type it again, so that an overlay can say nothing a rule could not.

    What it sets and the rule refuses is told, each change on its own; the others are laid on the rule all the same, so
    that the names they use are judged in the same run.
    """
    exclusions = _exclusions(placed.value, overlay)
    nowhere = {key: wrong for key in overlay.value.set if (wrong := _leads_nowhere(placed, overlay, key))}
    together: tuple[Problem, ...] = ()
    if not exclusions and not nowhere:
        changed, together = _laid_on(placed, overlay)
        if not together:
            return changed, ()
    refused = {k: nowhere.get(k) or _refused(placed, overlay, k) for k in overlay.value.set}
    told = (*exclusions, *(problem for wrong in refused.values() for problem in wrong))
    taken = {key: value for key, value in overlay.value.set.items() if not refused[key]}
    exclude = Exclude() if exclusions else overlay.value.exclude
    rest = overlay.value.model_copy(update={"set": taken, "exclude": exclude})
    return _laid_on(placed, replace(overlay, value=rest))[0], told or together


def _laid_on(
    placed: Placed[AnyRule], overlay: Placed[Overlay]
) -> tuple[Placed[AnyRule], tuple[Problem, ...]]:
    """Lay all of the overlay on the rule; the rule as it was, and why, where it refuses."""
    tree = deepcopy(placed.text.value)
    for key, value in overlay.value.set.items():
        _assign(tree, key, value, overlay)
    if overlay.value.enabled is not None:
        tree["enabled"] = "true" if overlay.value.enabled else "false"
    _exclude(tree, overlay.value.exclude)
    rule, wrong = type_value(placed.text, (), tree, RULE)
    if rule is None:
        return placed, tuple(overlay.problem(("set",), "EW303", p.message, p.hint) for p in wrong)
    parts = tuple(
        (_steps(key), replace(overlay, root=(*overlay.root, "set", key))) for key in overlay.value.set
    )
    return Placed(value=rule, text=replace(placed.text, value=tree), changed=(*placed.changed, *parts)), ()


def _steps(key: str) -> Path_:
    return tuple(int(step) if step.isdecimal() else step for step in key.split("."))


def _leads_nowhere(placed: Placed[AnyRule], overlay: Placed[Overlay], key: str) -> tuple[Problem, ...]:
    """A key that no overlay may change, or that the rule has no place for."""
    if key.split(".", maxsplit=1)[0] in FIXED_KEYS:
        hint = "copy the rule under a new id and disable the shipped one"
        message = f"an overlay cannot change {key.split('.', maxsplit=1)[0]}"
        return (overlay.problem(("set", key), "EW303", message, hint),)
    nowhere = _assign(deepcopy(placed.text.value), key, overlay.value.set[key], overlay)
    return (nowhere,) if nowhere else ()


def _refused(placed: Placed[AnyRule], overlay: Placed[Overlay], key: str) -> tuple[Problem, ...]:
    """What the rule says of this change alone."""
    tree = deepcopy(placed.text.value)
    _assign(tree, key, overlay.value.set[key], overlay)
    _, wrong = type_value(placed.text, (), tree, RULE)
    return tuple(overlay.problem(("set", key), "EW303", p.message, p.hint) for p in wrong)


def _exclusions(rule: AnyRule, overlay: Placed[Overlay]) -> tuple[Problem, ...]:
    exclude, found = overlay.value.exclude, []
    if exclude.phrases and rule.kind not in {"text", "context"}:
        hint = "phrases are excluded from text and context rules"
        message = f"{rule.id} is a {rule.kind} rule and reads no phrases"
        found.append(overlay.problem(("exclude", "phrases"), "EW304", message, hint))
    if exclude.sources and rule.kind in {"series", "deadline"}:
        hint = "set select.sources, or select.except_materials"
        message = f"{rule.id} is a series rule and selects its series"
        if rule.kind == "deadline":
            hint = "set actors, acts or materials"
            message = f"{rule.id} is a deadline rule and reads the register"
        found.append(overlay.problem(("exclude", "sources"), "EW304", message, hint))
    return tuple(found)


def _assign(tree: Any, key: str, value: Any, overlay: Placed[Overlay]) -> Problem | None:
    """Put `value` at the dotted `key`; a path that leads nowhere is a problem."""
    steps = key.split(".")
    for i, step in enumerate(steps):
        is_last = i == len(steps) - 1
        if isinstance(tree, dict):
            place: Any = step
        elif isinstance(tree, list) and step.isdecimal() and int(step) < len(tree):
            place = int(step)
        else:
            return overlay.problem(
                ("set", key), "EW303", f"{key}: the rule has no {step!r} there", _length(steps[:i], tree)
            )
        if is_last:
            tree[place] = value
        else:
            tree = tree.setdefault(place, {}) if isinstance(tree, dict) else tree[place]
    return None


def _length(path: Sequence[str], value: Any) -> str:
    if not isinstance(value, list):
        return f"{'.'.join(path)} has no parts"
    return f"{'.'.join(path)} has {len(value)} {'entry' if len(value) == 1 else 'entries'}, counted from 0"


def _exclude(tree: Any, exclude: Exclude) -> None:
    if exclude.phrases:
        phrases = {language: list(words) for language, words in exclude.phrases.items()}
        tree["match"].setdefault("none", []).append({"phrases": phrases})
    if exclude.sources:
        where = tree.setdefault("where", {})
        where["except_sources"] = [*where.get("except_sources", []), *exclude.sources]
