"""Running the network of an ONNX file."""

from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from .devices import CUDA, providers_for
from .packages import require
from .settings import INPUT, KEY, DetectorSettings, RecognizerSettings, from_text

SettingsType = TypeVar('SettingsType', DetectorSettings, RecognizerSettings)
# How zip files and pickles begin.
_CHECKPOINTS = (b'PK\x03\x04', b'\x80\x02', b'\x80\x03', b'\x80\x04', b'\x80\x05')
_ERRORS_ONLY = 3  # of ONNX Runtime's log


class OnnxNetwork(Generic[SettingsType]):
    """The network of an ONNX file that this package exported, in ONNX Runtime.

    Attributes:
        settings: How images are prepared, and what is made of the output.

    Args:
        path: The file.
        kind: Of its settings, which says what the network must be.
        device: ``'cpu'``, ``'cuda'`` or ``'cuda:N'``; by default CUDA where ONNX Runtime has it, else the CPU.
        threads: How many threads compute on the CPU; by default as many as there are cores.

    Raises:
        FileNotFoundError: If there is no such file.
        ImportError: If onnxruntime is missing.
        ValueError: If the file is no ONNX file, not of this package, damaged or of another kind, or the device is not
            there.
    """

    def __init__(self, path: str | Path, kind: type[SettingsType], device: str | None = None,
                 threads: int | None = None) -> None:
        _check_beginning(path)
        require('onnxruntime')
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or 0
        options.log_severity_level = _ERRORS_ONLY
        providers = providers_for(device, onnxruntime.get_available_providers())
        try:
            self._session: Any = onnxruntime.InferenceSession(str(path), options, providers=providers)
        except Exception as error:  # of classes that the package does not export
            raise ValueError(f'{path} is not a complete ONNX file that can be run: {_reason(error)}') from error
        if device is not None and device != 'cpu' and self._session.get_providers()[0] != CUDA:
            raise ValueError(f'ONNX Runtime cannot use the device {device}: its messages say why')
        text = self._session.get_modelmeta().custom_metadata_map.get(KEY)
        if text is None:
            raise ValueError(f'{path} was not written by dbnetpp_plugin: it does not say how images are prepared')
        self.settings: SettingsType = from_text(text, path, kind)
        _check_ends(path, self._session, kind)

    def __call__(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """The output for images (N, C, H, W) from 0 to 255, BGR or grey: maps (N, H, W), or probabilities (N, T, K).

        H and W are those of the file, or multiples of the divisor in its settings.
        """
        (output,) = self._session.run(None, {INPUT: images})
        return np.asarray(output, np.float32)


def _check_beginning(path: str | Path) -> None:
    if not Path(path).is_file():
        raise FileNotFoundError(f'there is no ONNX file {path}')
    with open(path, 'rb') as file:
        beginning = file.read(4)
    if not beginning:
        raise ValueError(f'the ONNX file {path} is empty')
    if beginning.startswith(_CHECKPOINTS):
        raise ValueError(f'{path} is a checkpoint of PyTorch or another pickle, and no ONNX file: `dbnetpp export` '
                         'makes one of it')


def _check_ends(path: str | Path, session: Any, kind: type[DetectorSettings | RecognizerSettings]) -> None:
    for what, ends, expected in (('inputs', session.get_inputs(), (INPUT, 4)),
                                 ('outputs', session.get_outputs(), (kind.OUTPUT, 3))):
        if [(end.name, len(end.shape)) for end in ends] != [expected] or ends[0].type != 'tensor(float)':
            found = ', '.join(f'{end.name} {end.shape} of {end.type}' for end in ends)
            raise ValueError(f'{path} has other {what} than {kind.NAME} of dbnetpp_plugin, which has {expected[0]} of '
                             f'{expected[1]} axes: {found}')


def _reason(error: Exception) -> str:
    """What ONNX Runtime says, without its codes and the name of the file."""
    return (str(error).splitlines() or [type(error).__name__])[0].rpartition(' : ')[2]
