"""One clear sentence where weights named by an address cannot be downloaded."""

import functools
import urllib.error
from collections.abc import Callable
from typing import Any

from mmengine.runner.checkpoint import CheckpointLoader

_ADDRESSES = ('torchvision://', 'open-mmlab://', 'http://', 'https://')


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
