"""The pydantic base of everything an operator writes: frozen, and an unknown key is an error."""

from pydantic import BaseModel, ConfigDict


class WrongPart(ValueError):
    """A condition between keys that one part of a model breaks; `at` is the way to it from the model."""

    def __init__(self, said: str, *at: str | int) -> None:
        super().__init__(said)
        self.at = at


class OperatorModel(BaseModel):
    """YAML arrives as text, so numbers and booleans are read from strings; nothing else is coerced."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, defer_build=True)
