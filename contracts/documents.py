"""Reads one YAML file into one strict model and says file, line and cure when it does not fit."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from contracts.errors import ContractError

# libyaml's parser is ten times as fast; a PyYAML that was built without it has only its own.
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Strict(BaseModel):
    """Base of every model of the ground: an unknown key is refused, and nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


class Text(Strict):
    """A text for people, in both languages."""

    sv: str
    en: str


ModelT = TypeVar("ModelT", bound=BaseModel)


def read_document(file: Path, model: type[ModelT]) -> ModelT:
    """The file as `model`; raises ContractError with the line of the first thing that is wrong."""
    try:
        loader = _SafeLoader(file.read_text(encoding="utf-8"))
        node = loader.get_single_node()
    except UnicodeDecodeError as error:
        raise ContractError(file.name, None, "the file is not UTF-8", "Save it as UTF-8") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ContractError(file.name, line, f"not YAML: {error.problem}", "Check indentation and quotes") from error
    except OSError as error:
        raise ContractError(
            file.name, None, f"cannot be read: {error.strerror}", "Check that the file exists"
        ) from error
    _refuse_repeated_keys(file, node)
    try:
        return model.model_validate(None if node is None else loader.construct_document(node))
    except ValidationError as error:
        raise _as_contract_error(file, node, model, error) from error


def _refuse_repeated_keys(file: Path, node: yaml.Node | None) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise ContractError(file.name, line, f"the key '{key.value}' stands twice", "Keep one of them")
            seen.add(key.value)
            _refuse_repeated_keys(file, value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_repeated_keys(file, value)


def _as_contract_error(
    file: Path, node: yaml.Node | None, model: type[BaseModel], error: ValidationError
) -> ContractError:
    found = error.errors()
    # A misspelled key is an unknown one and a missing one: the unknown one says where to look.
    first = next((one for one in found if one["type"] == "extra_forbidden"), found[0])
    where = ".".join(str(step) for step in first["loc"])
    line = _line_of(node, first["loc"])
    if first["type"] == "extra_forbidden":
        key = str(first["loc"][-1])
        near = difflib.get_close_matches(key, sorted(_all_keys(model)), n=1)
        hint = f"Did you mean '{near[0]}'?" if near else "Remove it: nothing enforces it"
        return ContractError(file.name, line, f"unknown key '{where}'", hint)
    return ContractError(file.name, line, f"{where or 'the document'}: {first['msg']}", "Mend the value")


def _line_of(node: yaml.Node | None, loc: tuple[int | str, ...]) -> int | None:
    """The line of the deepest step of `loc` that exists in the document (union branches in `loc` are skipped)."""
    line = node.start_mark.line + 1 if node else None
    for step in loc:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(step):
                    node, line = value, key.start_mark.line + 1
                    break
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


def _all_keys(model: type[BaseModel], seen: set[type] | None = None) -> set[str]:
    """Every key that a model and the models inside it know; for hints only."""
    seen = seen if seen is not None else set()
    if model in seen:
        return set()
    seen.add(model)
    keys = {field.alias or name for name, field in model.model_fields.items()}
    for field in model.model_fields.values():
        for inner in _models_in(field.annotation):
            keys |= _all_keys(inner, seen)
    return keys


def _models_in(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return {model for part in getattr(annotation, "__args__", ()) for model in _models_in(part)}


def read_loosely(file: Path) -> Any:
    """What a file says, whatever it is; None when it is no YAML. For files that are known to be wrong."""
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=_SafeLoader)
    except (OSError, ValueError, yaml.YAMLError):
        return None
