"""From a checkpoint file of another implementation to one of this package."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmocr.registry import MODELS
from torch import Tensor

from dbnetpp_plugin.config import default_scope, load_config
from dbnetpp_plugin.version import __version__
from dbnetpp_plugin.wording import few

from . import LAYOUTS, Converted, Layout, convert_state_dict
from .checkpoint_files import read_checkpoint, state_dict_of

_ENTRIES = {
    'optimizer': 'state of a training',
    'param_schedulers': 'state of a training',
    'message_hub': 'log of a training',
    'ema_state_dict': 'second copy of the weights; state_dict has those that were evaluated',
    'meta': 'description of a training',
}


def convert_checkpoint(source: str | Path, target: str | Path, layout: str,
                       config: str | Path | Config | None = None) -> Converted:
    """Write a checkpoint that mmengine and :class:`TextDetector` load without a word.

    Args:
        source: Path or address of the checkpoint, read with ``weights_only=True``.
        target: File to write. Its ``meta`` says where it came from, what was left out, and the settings of a config
            that the weights were trained with.
        layout: ``'mmocr'`` or ``'official'``.
        config: Config of the model that the weights are for. With it, every parameter of the model must be there, with
            its shape, and no other; without, parameters are renamed and nothing else is looked at.

    Returns:
        The new state dict, and the reason for whatever else was in the file.

    Raises:
        FileNotFoundError: If there is no such checkpoint or config.
        ValueError: If the layout is unknown, the source is no checkpoint of that layout, it does not fit the model, or
            it would be written over.
    """
    if layout not in LAYOUTS:
        raise ValueError(f'checkpoints are converted from {" or ".join(LAYOUTS)}, got {layout!r}')
    if Path(target).exists() and Path(source).exists() and Path(target).samefile(source):
        raise ValueError(f'{target} would be written over itself: give another file to write')
    try:
        state, left_out = _parts(read_checkpoint(source))
        converted = convert_state_dict(state, LAYOUTS[layout])
        if config is not None:
            check_fits(converted.state_dict, load_config(config))
    except ValueError as error:
        raise ValueError(f'{source} was not converted: {error}') from error
    converted = Converted(converted.state_dict, {**left_out, **converted.left_out})
    _save(converted, Path(target), LAYOUTS[layout], str(source))
    return converted


def check_fits(state: Mapping[str, Tensor], config: Config) -> None:
    """Compare names and shapes of a state dict with those of the config's model.

    Raises:
        ValueError: If they differ.
    """
    with default_scope(config):
        expected = MODELS.build(copy.deepcopy(config.model)).state_dict()
    missing = [name for name in expected if name not in state]
    if missing:
        raise ValueError(f'it lacks {len(missing)} parameters of the model: {few(missing)}')
    unexpected = [name for name in state if name not in expected]
    if unexpected:
        raise ValueError(f'it has {len(unexpected)} parameters that the model does not have: {few(unexpected)}')
    for name, values in state.items():
        if values.shape != expected[name].shape:
            raise ValueError(f'{name} has shape {tuple(values.shape)}, and {tuple(expected[name].shape)} in the model')


def settings_of(converted: Converted, layout: str) -> dict[str, Any]:
    """Options by dotted name that converted weights were trained with."""
    return LAYOUTS[layout].settings(converted.state_dict)


def differing_settings(settings: Mapping[str, Any], config: Config | None = None) -> dict[str, Any]:
    """Those options, by dotted name, that a config has otherwise; all of them without a config."""
    if config is None:
        return dict(settings)
    return {name: value for name, value in settings.items() if _option(config, name) != value}


def _option(config: Config, name: str) -> Any:
    value: Any = config
    for part in name.split('.'):
        value = value.get(part) if hasattr(value, 'get') else None
    return value


def _parts(checkpoint: Any) -> tuple[dict[str, Tensor], dict[str, str]]:
    """State dict of a checkpoint, and the reason why each other entry is left out."""
    state = state_dict_of(checkpoint, 'it')
    entries = [name for name in checkpoint if name != 'state_dict'] if 'state_dict' in checkpoint else []
    return state, {name: _ENTRIES.get(name, 'no weights of the model') for name in entries}


def _save(converted: Converted, target: Path, layout: Layout, source: str) -> None:
    meta = dict(converted_from=layout.title, source=source, dbnetpp_plugin_version=__version__,
                left_out=converted.left_out, settings=layout.settings(converted.state_dict))
    target.parent.mkdir(parents=True, exist_ok=True)
    torch.save(dict(state_dict=converted.state_dict, meta=meta), target)
