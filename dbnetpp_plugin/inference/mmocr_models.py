"""MMOCR's recognizers by the names it gives them."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import mmocr
from mmengine.fileio import load

RECOGNITION = 'textrecog'


class NamedModel(NamedTuple):
    """What a name stands for."""

    config: Path
    weights: str
    """Path or address."""


def find_recognizer(name: str) -> NamedModel:
    """Recognizer of that name in the model index of the installed MMOCR, such as ``'CRNN'`` or ``'sar'``.

    Raises:
        ValueError: If there is none. The message lists the short names.
    """
    root = _index_folder()
    models = list(_models(root))
    for model in models:
        if name.casefold() in (known.casefold() for known in _names(model)):
            return NamedModel(root / model['Config'], model['Weights'])
    known = sorted({names[1] for names in map(_names, models) if len(names) > 1})
    raise ValueError(f'there is no config file {name}, and no recognizer of MMOCR of that name; it has '
                     f'{", ".join(known)}')


def _index_folder() -> Path:
    package = Path(mmocr.__file__).parent
    for folder in (package / '.mim', package.parent):  # the second where MMOCR is installed from its sources
        if (folder / 'model-index.yml').is_file():
            return folder
    raise ValueError(f'the MMOCR at {package} has no model-index.yml: give the path of a config')


def _models(root: Path) -> Iterator[dict[str, Any]]:
    for path in _load(root / 'model-index.yml')['Import']:
        if RECOGNITION in Path(path).parts and (root / path).is_file():
            yield from (model for model in _load(root / path)['Models'] if model.get('Weights'))


@cache
def _load(path: Path) -> dict[str, Any]:
    return load(path)


def _names(model: dict[str, Any]) -> list[str]:
    aliases = model.get('Alias', [])
    return [model['Name'], *([aliases] if isinstance(aliases, str) else aliases)]
