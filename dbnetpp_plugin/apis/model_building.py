"""From a config and a weights file to a model that is ready to predict."""

import copy
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.logging import MMLogger
from mmengine.model import BaseModel, revert_sync_batchnorm
from mmengine.registry import DefaultScope
from mmengine.runner.checkpoint import CheckpointLoader
from mmocr.registry import MODELS
from torch import nn

from dbnetpp_plugin.conversion.layout import few


def load_config(config: str | Path | Config) -> Config:
    """Config of that path, or the given one.

    Raises:
        FileNotFoundError: If there is no such file.
    """
    if isinstance(config, Config):
        return config
    if not Path(config).is_file():
        raise FileNotFoundError(f'there is no config file {config}')
    return Config.fromfile(config)


def default_scope(config: Config) -> Any:
    """Context in which modules are found by the names the config gives them; what others set as scope stays."""
    return DefaultScope.overwrite_default_scope(config.get('default_scope') or 'mmocr')


def build_model(config: Config, weights: str | Path | None = None,
                device: str | torch.device | None = None) -> BaseModel:
    """Model of the config, with weights, on the device, in evaluation mode.

    Args:
        config: With ``model``.
        weights: Path or address of a checkpoint. Without, the weights are random, and a warning says so.
        device: By default the first GPU where there is one, else the CPU.

    Raises:
        FileNotFoundError: If there is no such weights file.
        ValueError: If the weights are not a checkpoint or not of this model, or there is no such device.
    """
    target = find_device(device)
    with default_scope(config):
        model = revert_sync_batchnorm(MODELS.build(copy.deepcopy(config.model)))
    if weights is None:
        MMLogger.get_current_instance().warning('No weights were given: the model is random, and finds no text.')
    else:
        load_weights(model, weights)
    return model.to(target).eval()


def find_device(device: str | torch.device | None = None) -> torch.device:
    """Device of that name, by default the first GPU where there is one, else the CPU.

    Raises:
        ValueError: If there is none of that name.
    """
    if device is None:
        return torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    try:
        found = torch.device(device)
    except RuntimeError as error:
        raise ValueError(f"a device is 'cpu', 'cuda' or 'cuda:N', got {device!r}") from error
    if found.type == 'cuda' and (found.index or 0) >= torch.cuda.device_count():
        raise ValueError(f'there is no device {device}: PyTorch sees {torch.cuda.device_count()} CUDA devices')
    return found


def load_weights(model: nn.Module, weights: str | Path) -> None:
    """Load a checkpoint of mmengine, or a plain state dict, and warn of what does not fit.

    Args:
        model: It gets the weights.
        weights: Path or address.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is not a checkpoint, or a parameter has another shape in the model, or none is of the model.
    """
    state = {key.removeprefix('module.'): value for key, value in
             state_dict_of(read_checkpoint(weights), weights).items()}
    try:
        missing, unexpected = model.load_state_dict(state, strict=False)
    except RuntimeError as error:
        mismatches = [line.strip() for line in str(error).splitlines() if 'size mismatch' in line]
        raise ValueError(f'the weights {weights} are of another model: {(mismatches or [str(error)])[0]}') from error
    if not set(state) - set(unexpected):
        raise ValueError(f'the weights {weights} are of another model: this one has none of their {len(state)} '
                         f'parameters, {few(unexpected)}')
    missing = [key for key in missing if not key.endswith('num_batches_tracked')]
    logger = MMLogger.get_current_instance()
    if missing:
        logger.warning(f'The weights {weights} lack {len(missing)} parameters of the model, which stay random: '
                       f'{few(missing)}.')
    if unexpected:
        logger.warning(f'The weights {weights} hold {len(unexpected)} parameters that the model does not have: '
                       f'{few(unexpected)}.')


def state_dict_of(checkpoint: Any, name: str | Path) -> dict[str, torch.Tensor]:
    """Parameters in the content of a checkpoint of mmengine, or of a plain state dict.

    Args:
        checkpoint: What :func:`read_checkpoint` gives.
        name: To call it in the error.

    Raises:
        ValueError: If it has none.
    """
    state = checkpoint.get('state_dict', checkpoint) if isinstance(checkpoint, dict) else None
    if not isinstance(state, dict) or not state or not all(isinstance(v, torch.Tensor) for v in state.values()):
        raise ValueError(f'{name} holds no model weights')
    return state


def read_checkpoint(weights: str | Path) -> Any:
    """Content of a checkpoint, without running code that it may hold.

    Args:
        weights: Path, or an address that MMEngine knows.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it cannot be loaded, or not safely.
    """
    remote = '://' in str(weights)
    if not remote and not Path(weights).is_file():
        raise FileNotFoundError(f'there is no weights file {weights}')
    try:
        if remote:
            return CheckpointLoader.load_checkpoint(str(weights), map_location='cpu', logger='silent')
        return torch.load(weights, map_location='cpu', weights_only=True)
    except OSError:
        raise
    except Exception as error:  # damaged files end in errors of any kind inside torch.load
        reason = (str(error).splitlines() or ['it ends too early'])[0]
        raise ValueError(f'{weights} is not a checkpoint that can be loaded safely: {reason}') from error
