"""From a config and a weights file to a model that is ready to predict."""

import copy
from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.logging import MMLogger
from mmengine.model import BaseModel, revert_sync_batchnorm
from mmocr.registry import MODELS
from torch import nn

from dbnetpp_plugin.config import default_scope
from dbnetpp_plugin.conversion.checkpoint_files import read_checkpoint, state_dict_of
from dbnetpp_plugin.wording import few


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
