"""One clear sentence where MMEngine cannot download weights."""

import functools
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError, URLError

_ADDRESSES = ('torchvision://', 'open-mmlab://', 'http://', 'https://')


def explain_failed_downloads() -> None:
    """Wrap mmengine's loaders of the addresses above, so that a failed download says what can be done about it.

    Without this, training on a machine without network ends in a name-resolution error that names neither the file nor
    the config key that asked for it. The error keeps its class. Calling it again changes nothing.
    """
    from mmengine.runner.checkpoint import CheckpointLoader
    for address in _ADDRESSES:
        loader = CheckpointLoader._schemes[address]
        if not hasattr(loader, '__wrapped__'):
            CheckpointLoader._schemes[address] = _explained(loader)


def _explained(loader: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(loader)
    def load(filename: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return loader(filename, *args, **kwargs)
        except (URLError, ConnectionError, TimeoutError) as error:
            raise _same_error(
                error, f'The weights {filename} could not be downloaded ({error}): give a local file in their place '
                       '(load_from, or checkpoint in init_cfg), or train from scratch with '
                       '--cfg-options model.backbone.init_cfg=None.') from error

    return load


def _same_error(error: OSError, message: str) -> OSError:
    """An error of the same class with another message, so that whoever caught it by its class still does."""
    if isinstance(error, HTTPError):
        return HTTPError(error.url, error.code, message, error.hdrs, error.fp)
    try:
        return type(error)(message)
    except TypeError:  # a class of somebody else that takes other arguments
        return error
