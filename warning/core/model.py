"""The pydantic base of everything an operator writes: frozen, and an unknown key is an error."""

from pydantic import BaseModel, ConfigDict


class OperatorModel(BaseModel):
    """YAML arrives as text, so numbers and booleans are read from strings; nothing else is coerced."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, defer_build=True)
