"""Conditions between keys, judged although other keys of the same part are wrong.

pydantic asks a model's own conditions only when every key of it is right, so one typing mistake would hide them
until it is mended. Here they are asked on what is right; a condition that needs a wrong key says nothing.
"""

import re
from collections.abc import Iterator, Mapping
from copy import copy
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from warning.catalog.yaml_tree import Path_

Model = type[BaseModel]


def hidden_conditions(shape: Any, value: Any, asked: set[Path_]) -> Iterator[tuple[Path_, ValueError]]:
    """Yield what the models inside `value` say of themselves: where each stands, and what it raised.

    `shape` is a model or any type made of models. `asked` are the places whose conditions were asked already.
    """
    for path, model, part in _models(shape, value, ()):
        if path in asked or not model.__pydantic_decorators__.model_validators:
            continue
        partial = _right_keys(model, part)
        if partial is None:
            continue
        for condition in model.__pydantic_decorators__.model_validators.values():
            try:
                condition.func(partial)
            except (AttributeError, TypeError):
                continue  # it needs a key that is wrong
            except ValueError as wrong:
                if not _blames_a_typo(str(wrong), model, part):
                    yield path, wrong


def _blames_a_typo(said: str, model: Model, part: Mapping[str, Any]) -> bool:
    """Whether the condition misses a key that is there, with a typing mistake that is told for itself."""
    keys = [key for key, _ in _fields(model)]
    meant = {near for key in part.keys() - set(keys) for near in get_close_matches(key, keys, n=1)}
    return bool(meant & set(re.findall(r"\w+", said)))


def _models(shape: Any, value: Any, path: Path_) -> Iterator[tuple[Path_, Model, Mapping[str, Any]]]:
    """Yield every mapping inside `value` that a model describes, with the model; the outermost first."""
    model = _model_of(shape, value)
    if model is not None:
        yield path, model, value
        for key, field in _fields(model):
            if key in value:
                yield from _models(field.annotation, value[key], (*path, key))
        return
    for inner in _inner_shapes(shape):
        for step, part in _parts(value):
            yield from _models(inner, part, (*path, step))


def _model_of(shape: Any, value: Any) -> Model | None:
    """The model that describes this mapping; of several, the one whose fixed words agree with it."""
    if not isinstance(value, dict):
        return None
    fitting = [model for model in _choices(shape) if all(_agrees(f, value.get(k)) for k, f in _fields(model))]
    return fitting[0] if len(fitting) == 1 else None


def _choices(shape: Any) -> Iterator[Model]:
    if get_origin(shape) is Annotated:
        yield from _choices(get_args(shape)[0])
    elif get_origin(shape) in {Union, UnionType}:
        for one in get_args(shape):
            yield from _choices(one)
    elif isinstance(shape, type) and issubclass(shape, BaseModel):
        yield shape


def _agrees(field: FieldInfo, written: Any) -> bool:
    """Whether a key that tells models apart (one fixed word) holds that word."""
    words = get_args(field.annotation)
    is_fixed = field.is_required() and len(words) == 1 and isinstance(words[0], str)
    return not is_fixed or written == words[0]


def _inner_shapes(shape: Any) -> tuple[Any, ...]:
    """The types of a list's entries, or of a mapping's values."""
    origin, inside = get_origin(shape), get_args(shape)
    if origin is Annotated:
        return _inner_shapes(inside[0])
    if origin in {Union, UnionType}:
        return tuple(deep for one in inside for deep in _inner_shapes(one))
    if origin is None or not inside:
        return ()
    is_mapping = isinstance(origin, type) and issubclass(origin, Mapping)
    return inside[1:] if is_mapping else tuple(one for one in inside if one is not Ellipsis)


def _parts(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _right_keys(model: Model, part: Mapping[str, Any]) -> BaseModel | None:
    """The model with those keys that are right; None when every key is, for then it was asked."""
    partial, all_right = model.model_construct(), True
    for key, field in _fields(model):
        name = next(n for n, f in model.model_fields.items() if f is field)
        partial.__dict__.pop(name, None)
        if key not in part:
            if field.is_required():
                all_right = False
            else:
                partial.__dict__[name] = field.get_default(call_default_factory=True)
            continue
        try:
            partial.__dict__[name] = _adapter(field).validate_python(part[key])
        except ValidationError:
            all_right = False
    unknown = part.keys() - {key for key, _ in _fields(model)}
    return None if all_right and not unknown else partial


def _adapter(field: FieldInfo) -> TypeAdapter[Any]:
    alone = copy(field)
    alone.alias = alone.validation_alias = alone.serialization_alias = alone.alias_priority = None
    form: Any = Annotated[field.annotation, alone]
    return TypeAdapter(form)


def _fields(model: Model) -> Iterator[tuple[str, FieldInfo]]:
    """The keys as written in YAML."""
    for name, field in model.model_fields.items():
        yield field.alias or name, field
