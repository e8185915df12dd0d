"""Where the examples, expectations and test files of a rules tree stand, for reports that point at them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from warning.catalog.files import yaml_files
from warning.catalog.yaml_text import YamlText, read_yaml


class CasePlaces:
    """The files of rules and of tests under some directories; each is read when it is first asked for.

    A place is the file, seen from where the command runs when it lies below, and the line counted from 1.
    """

    def __init__(self, directories: Iterable[Path | None]) -> None:
        files = [f for at in directories if at for f in yaml_files(at / "signals")[0]]
        self._rules = {path.stem: path for path in files}
        self._texts: dict[Path, YamlText | None] = {}

    def of_rule(self, rule_id: str, part: str, number: int) -> tuple[str, int]:
        """Place one of the lists of a rule: `examples` or `backtest`; no file when no rule of the trees has the id."""
        path = self._rules.get(rule_id)
        return ("", 0) if path is None else self._place(path, (part, number))

    def of_test(self, file: Path, name: str) -> tuple[str, int]:
        """Place a test of a file by its name."""
        text = self._text(file)
        number = next(iter(_numbers(text, name)), 0) if text else 0
        return self._place(file, ("tests", number))

    def _place(self, path: Path, at: tuple[str, int]) -> tuple[str, int]:
        text = self._text(path)
        return _as_seen(path), text.at(at).line if text else 0

    def _text(self, path: Path) -> YamlText | None:
        if path not in self._texts:
            self._texts[path] = read_yaml(path)[0]
        return self._texts[path]


def _numbers(text: YamlText, name: str) -> Iterator[int]:
    return (i for i, test in enumerate(text.value["tests"]) if test["name"] == name)


def _as_seen(path: Path) -> str:
    here = Path.cwd()
    full = path.resolve()
    return full.relative_to(here).as_posix() if full.is_relative_to(here) else str(path)
