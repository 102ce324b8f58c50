"""Running the network of an ONNX file."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .packages import require
from .settings import KEY, Settings, from_text


def is_onnx(weights: str | Path | None) -> bool:
    """Whether the name is that of an ONNX file, by its suffix in any case of letters."""
    return weights is not None and Path(weights).suffix.lower() == '.onnx'


class OnnxNetwork:
    """The network of an ONNX file that this package exported, in ONNX Runtime on the CPU.

    Attributes:
        settings: How images are prepared, and how text is found in the maps.

    Args:
        path: The file.
        threads: How many threads compute; by default as many as there are cores.

    Raises:
        FileNotFoundError: If there is no such file.
        ImportError: If onnxruntime is missing.
        ValueError: If the file is no ONNX file, or not of this package.
    """

    def __init__(self, path: str | Path, threads: int | None = None) -> None:
        if not Path(path).is_file():
            raise FileNotFoundError(f'there is no ONNX file {path}')
        require('onnxruntime')
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or 0
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=['CPUExecutionProvider'])
        except Exception as error:  # of classes that the package does not export
            raise ValueError(f'{path} is not an ONNX file that can be run: {str(error).splitlines()[0]}') from error
        text = self._session.get_modelmeta().custom_metadata_map.get(KEY)
        if text is None:
            raise ValueError(f'{path} was not written by dbnetpp_plugin: it does not say how images are prepared')
        self.settings: Settings = from_text(text, path)

    def __call__(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Maps (N, H, W) of images (N, 3, H, W) in BGR from 0 to 255, with sides that 32 divides."""
        (maps,) = self._session.run(None, {'images': images})
        return np.asarray(maps, np.float32)
