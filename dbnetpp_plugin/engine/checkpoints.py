"""Addresses of weights: those of this package, and one clear sentence where others cannot be downloaded."""

import functools
import urllib.error
from collections.abc import Callable
from typing import Any

import torch
from mmengine.runner.checkpoint import CheckpointLoader

from ..weights import SCHEME, bundled_weights

_ADDRESSES = ('torchvision://', 'open-mmlab://', 'http://', 'https://')


@CheckpointLoader.register_scheme(prefixes=SCHEME, force=True)
def load_bundled(filename: str, map_location: Any = None, **_: Any) -> Any:
    """Load ``dbnetpp://NAME``, weights that come with the package; the arguments are those mmengine calls it with.

    Raises:
        FileNotFoundError: If there are none of that name.
    """
    return torch.load(bundled_weights(filename.removeprefix(SCHEME)), map_location=map_location, weights_only=True)


def explain_failed_downloads() -> None:
    """Wrap mmengine's loaders of the addresses above, so that a failed download says what can be done about it.

    Without this, training on a machine without network ends in a name-resolution error that names neither the file nor
    the config key that asked for it. Calling it again changes nothing.
    """
    for address in _ADDRESSES:
        loader = CheckpointLoader._schemes[address]
        if not hasattr(loader, '__wrapped__'):
            CheckpointLoader._schemes[address] = _explained(loader)


def _explained(loader: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(loader)
    def load(filename: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return loader(filename, *args, **kwargs)
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            raise ConnectionError(
                f'The weights {filename} could not be downloaded ({error}): give a local file in their place '
                '(load_from, or checkpoint in init_cfg), or train from scratch with '
                '--cfg-options model.backbone.init_cfg=None.') from error

    return load
