"""How the parameters of another implementation are renamed, and that none of them is lost on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dbnetpp_plugin.wording import few

if TYPE_CHECKING:  # importing torch takes a second, which choosing a layout by its name does not need
    from torch import Tensor


@dataclass(frozen=True)
class Rule:
    """A parameter of the source and what becomes of it.

    Attributes:
        pattern: Regular expression of the whole name in the source.
        name: Name here; ``\\1`` stands for the first group of the pattern.
        reorder: From the values in the source's order to those in the order here; by default they are one.
    """

    pattern: str
    name: str
    reorder: Callable[[Tensor], Tensor] | None = None


@dataclass(frozen=True)
class Layout:
    """Where the parameters of an implementation go.

    Attributes:
        title: The implementation, as messages call it.
        prefix: Regular expression of what wrappers put before names.
        rules: The first one whose pattern fits a name counts.
        left_out: Reason by pattern, of what this package has no use for.
        settings: From a converted state dict to the options of a config, by dotted name, that the weights were trained
            with and that do not show in names or shapes, or are not this package's defaults.
    """

    title: str
    prefix: str
    rules: tuple[Rule, ...]
    left_out: Mapping[str, str]
    settings: Callable[[Mapping[str, Tensor]], dict[str, Any]]


@dataclass(frozen=True)
class Converted:
    """A state dict under the names of this package, and the reason for each name of the source that is not in it."""

    state_dict: dict[str, Tensor]
    left_out: dict[str, str]


def convert_state_dict(state: Mapping[str, Tensor], layout: Layout) -> Converted:
    """Rename and reorder the parameters of another implementation.

    Args:
        state: State dict of the source. It stays as it is; parameters that need no reordering are shared.
        layout: Of the source.

    Raises:
        ValueError: If a parameter is not of that layout, or two would get one name.
    """
    converted: dict[str, Tensor] = {}
    left_out: dict[str, str] = {}
    unknown = []
    for full_name, values in state.items():
        name = re.sub(f'^(?:{layout.prefix})', '', full_name)
        reason = next((why for pattern, why in layout.left_out.items() if re.fullmatch(pattern, name)), None)
        rule = next((rule for rule in layout.rules if re.fullmatch(rule.pattern, name)), None)
        if reason is not None:
            left_out[full_name] = reason
        elif rule is None:
            unknown.append(full_name)
        else:
            _add(converted, re.sub(rule.pattern, rule.name, name), _reordered(rule, full_name, values), full_name)
    if unknown:
        raise ValueError(f'{len(unknown)} of {len(state)} parameters are not those of a DBNet or DBNet++ of '
                         f'{layout.title}: {few(unknown)}')
    return Converted(converted, left_out)


def _add(converted: dict[str, Tensor], name: str, values: Tensor, source: str) -> None:
    if name in converted:
        raise ValueError(f'two parameters become {name}, one of them is {source}')
    converted[name] = values


def _reordered(rule: Rule, name: str, values: Tensor) -> Tensor:
    if rule.reorder is None:
        return values
    try:
        return rule.reorder(values)
    except ValueError as error:
        raise ValueError(f'{name} of shape {tuple(values.shape)} {error}') from error
