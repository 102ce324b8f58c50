"""Short names for large things that the results of a job depend on: equal if and only if the things are."""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from dbnetpp_plugin.files import sha256_of

if TYPE_CHECKING:
    from mmengine.config import Config

_DIGITS = 16  # 64 bits; this is about mistakes, not about attacks


def of_config(config: 'Config') -> str:
    """Of everything in the config, bases included, and of nothing in the way it is written."""
    return _shortened(hashlib.sha256(json.dumps(config.to_dict(), sort_keys=True, default=str).encode()))


def of_weights(weights: str | Path) -> str:
    """Of the content of a file; an address, or the name of a model, stands for itself.

    Raises:
        FileNotFoundError: If it is a path and there is no such file.
    """
    if '://' in str(weights):
        return str(weights)
    if not Path(weights).is_file():
        raise FileNotFoundError(f'there is no weights file {weights}')
    return sha256_of(weights)[:_DIGITS]


def of_names(names: Iterable[str]) -> str:
    """Of a list of names in its order, with their number."""
    digest, count = hashlib.sha256(), 0
    for count, name in enumerate(names, 1):  # noqa: B007  (needed behind the loop)
        digest.update(os.fsencode(name) + b'\0')
    return f'{count} {_shortened(digest)}'


def _shortened(digest: 'hashlib._Hash') -> str:
    return digest.hexdigest()[:_DIGITS]
