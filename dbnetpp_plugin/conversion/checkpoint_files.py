"""Loading checkpoint files without running code that they may hold."""

from pathlib import Path
from typing import Any

import torch
from mmengine.runner.checkpoint import CheckpointLoader


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
