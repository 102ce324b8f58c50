"""Weights of PP-OCR's exported networks, as ONNX files or as Paddle's ``inference.json`` and ``.pdiparams``.

Names in these files are generated, and differ from export to export. What does not differ is the order in which layers
are executed: parameters are assigned in that order, and the kind and shape of each must fit, so that a file of another
network is refused.

Two things differ between such a file and a model of MMOCR. Threshold branches of detectors are not exported; they start
as a copy of the probability branch whose last layer gives 0.5 everywhere. Recognizers have the blank of CTC as their
first class in PP-OCR, and as their last in MMOCR.
"""

import json
import struct
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from mmengine.fileio import load
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

KINDS = {  # operator in ONNX, and in Paddle without its dialect -> kind
    'Conv': 'convolution', 'conv2d': 'convolution', 'depthwise_conv2d': 'convolution',
    'ConvTranspose': 'transposed convolution', 'conv2d_transpose': 'transposed convolution',
    'BatchNormalization': 'batch normalisation', 'batch_norm': 'batch normalisation',
    'batch_norm_': 'batch normalisation',
    'MatMul': 'matrix', 'matmul': 'matrix', 'layer_norm': 'factor',
    'Add': 'offset', 'add': 'offset', 'Mul': 'factor', 'multiply': 'factor',
}
# Names of numbers that the exporter to ONNX made up, such as the 3 in a hard swish: they are no parameters.
_MADE_UP = ('helper.', 'auto.cast.')


EXAMPLE = (1, 3, 48, 64)  # of an image with which layers are listed; lines of text are 48 pixels high


class Parameter(NamedTuple):
    """One array of a file, in the order of execution."""

    kind: str
    values: NDArray[np.float32]


class _Slot(NamedTuple):
    """Where an array belongs in a model."""

    kind: str
    name: str
    shape: tuple[int, ...]


def read_parameters(path: str | Path) -> list[Parameter]:
    """Read the parameters of an exported network, in the order in which they are used.

    Args:
        path: An ``.onnx`` file, or Paddle's ``inference.json`` with ``inference.pdiparams`` beside it.

    Raises:
        FileNotFoundError: If a file is missing.
        ImportError: If an ONNX file is given, and the package onnx is missing.
        ValueError: If the file is neither.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'there is no file {path}')
    if path.suffix.lower() == '.onnx':
        return list(_of_onnx(path))
    if path.suffix.lower() == '.json':
        return list(_of_paddle(path))
    raise ValueError(f'{path} is neither an .onnx file nor the .json file of a network that Paddle exported')


@torch.no_grad()
def ppocr_state_dict(parameters: list[Parameter], model: nn.Module, example: Tensor) -> dict[str, Tensor]:
    """State dict of a model, from the parameters of an exported network.

    Args:
        parameters: From :func:`read_parameters`.
        model: The same network in PyTorch, in merged form. It is run once, and not changed.
        example: What its ``forward`` takes.

    Returns:
        The parameters that were executed, under the names of the model.

    Raises:
        ValueError: If number, kind or shape of the parameters differ from those of the model.
    """
    slots = _slots(model, example)
    for index, (slot, parameter) in enumerate(zip(slots, parameters, strict=False)):
        found = tuple(size for size in parameter.values.shape if size > 1)
        fits = slot.kind == parameter.kind or (slot.kind, parameter.kind) == ('convolution', 'matrix')
        if not fits or found != tuple(size for size in slot.shape if size > 1):
            raise ValueError(f'parameter {index} of the file is a {parameter.kind} of shape {parameter.values.shape}, '
                             f'where the model has the {slot.kind} {slot.name} of shape {slot.shape}')
    if len(slots) != len(parameters):
        raise ValueError(f'the file has {len(parameters)} parameters and the model {len(slots)}')
    return {slot.name: torch.from_numpy(np.array(parameter.values)).reshape(slot.shape)
            for slot, parameter in zip(slots, parameters, strict=True)}


def checkpoint_state_dict(path: str | Path, model: nn.Module) -> dict[str, Tensor]:
    """State dict of a detector or recognizer of MMOCR, from an exported network.

    Args:
        path: As :func:`read_parameters` takes it.
        model: In merged form, as its config builds it.

    Raises:
        FileNotFoundError, ImportError, ValueError: As :func:`read_parameters` and :func:`ppocr_state_dict`.
    """
    state = ppocr_state_dict(read_parameters(path), model, torch.zeros(EXAMPLE))
    return with_threshold_branch(state) if is_detector(model) else in_mmocr_order(state)


def is_detector(model: nn.Module) -> bool:
    """Whether a model of MMOCR detects text, and does not recognise it."""
    return hasattr(model, 'det_head')


def in_mmocr_order(state: dict[str, Tensor], decoder: str = 'decoder.decoder') -> dict[str, Tensor]:
    """The state dict of a recognizer with the blank of CTC as its last class."""
    return {name: values.roll(-1, 0) if name.startswith(f'{decoder}.') else values for name, values in state.items()}


def with_threshold_branch(state: dict[str, Tensor], head: str = 'det_head') -> dict[str, Tensor]:
    """The state dict of a detector with a threshold branch as a copy of the probability branch.

    The last layer of the copy is zero: the threshold is 0.5 everywhere, and has a gradient.
    """
    binarize, threshold = f'{head}.binarize.', f'{head}.threshold.'
    copied = {threshold + name.removeprefix(binarize): values.clone()
              for name, values in state.items() if name.startswith(binarize)}
    last = max(int(name.removeprefix(threshold).split('.')[0]) for name in copied)
    zeroed = {name: torch.zeros_like(values) if name.startswith(f'{threshold}{last}.') else values
              for name, values in copied.items()}
    return {**state, **zeroed}


# --- the model -------------------------------------------------------------------------------------------------------
def _slots(model: nn.Module, example: Tensor) -> list[_Slot]:
    """Parameters and statistics of a model, in the order in which a forward pass uses them."""
    slots: list[_Slot] = []
    names = {module: name for name, module in model.named_modules()}

    def note(module: nn.Module, inputs: Any) -> None:
        prefix = names[module]
        for kind, name in _parameters_of(module):
            values = attrgetter(name)(module)
            if values is not None:
                slots.append(_Slot(kind, f'{prefix}.{name}', tuple(values.shape)))

    leaves = [module for module in model.modules() if next(module.parameters(recurse=False), None) is not None]
    handles = [module.register_forward_pre_hook(note) for module in leaves]
    training = model.training
    try:
        model.eval()(example)
    finally:
        for handle in handles:
            handle.remove()
        model.train(training)
    return slots


def _parameters_of(module: nn.Module) -> list[tuple[str, str]]:
    """Kind and name of each parameter of a layer, as exported files have them."""
    if isinstance(module, _BatchNorm):
        return [('batch normalisation', name) for name in ('weight', 'bias', 'running_mean', 'running_var')]
    if isinstance(module, nn.ConvTranspose2d):
        return [('transposed convolution', 'weight'), ('offset', 'bias')]
    if isinstance(module, nn.Conv2d):
        return [('convolution', 'weight'), ('offset', 'bias')]
    if isinstance(module, nn.LayerNorm):
        return [('factor', 'weight'), ('offset', 'bias')]
    if isinstance(module, nn.Linear):
        return [('matrix', 'weight'), ('offset', 'bias')]
    if isinstance(module, nn.MultiheadAttention):  # which uses its last layer without calling it
        return [('matrix', 'in_proj_weight'), ('offset', 'in_proj_bias'),
                ('matrix', 'out_proj.weight'), ('offset', 'out_proj.bias')]
    return [('factor', 'scale'), ('offset', 'bias')]  # the affine maps of PPLCNetV3


# --- ONNX ------------------------------------------------------------------------------------------------------------
def _of_onnx(path: Path) -> Iterator[Parameter]:
    import onnx  # needed for files of others only
    from onnx import numpy_helper

    try:
        graph = onnx.load(str(path)).graph
    except Exception as error:  # of protobuf, of several kinds
        raise ValueError(f'{path} is not an ONNX file: {error}') from error
    values = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == 'Constant':
            values[node.output[0]] = next(attribute.t for attribute in node.attribute if attribute.name == 'value')
        elif node.op_type == 'Identity' and node.input[0] in values:
            values[node.output[0]] = values[node.input[0]]
        elif node.op_type in KINDS:
            kind = KINDS[node.op_type]
            for position, name in enumerate(node.input):
                if name in values and values[name].dims and not _is_made_up(values[name]):
                    bias = position == 2 and kind.endswith('convolution')
                    yield _parameter('offset' if bias else kind, numpy_helper.to_array(values[name]))


def _is_made_up(tensor: Any) -> bool:
    return list(tensor.dims) == [1] and any(part in tensor.name for part in _MADE_UP)


def _parameter(kind: str, values: NDArray) -> Parameter:
    # Files multiply features by matrices from the right, PyTorch from the left.
    return Parameter(kind, values.T if kind == 'matrix' else values)


def read_characters(path: str | Path) -> list[str]:
    """Characters that the metadata of an ONNX file, or Paddle's ``inference.yml`` beside a network, name.

    Returns:
        Without the space, which comes after them; empty if none are named.
    """
    path = Path(path)
    if path.suffix.lower() == '.onnx':
        import onnx
        metadata = {entry.key: entry.value for entry in onnx.load(str(path)).metadata_props}
        return metadata['character'].split('\n') if 'character' in metadata else []
    described = path.with_suffix('.yml')
    if not described.is_file():
        return []
    return load(described).get('PostProcess', {}).get('character_dict', [])


# --- Paddle ----------------------------------------------------------------------------------------------------------
def _of_paddle(path: Path) -> Iterator[Parameter]:
    try:
        operators = json.loads(path.read_text('utf-8'))['program']['regions'][0]['blocks'][0]['ops']
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise ValueError(f'{path} is not a network that Paddle exported: {error}') from error
    names = {operator['O']['%']: operator['A'][3] for operator in operators if operator['#'] == 'p'}
    stored = _read_pdiparams(path.with_suffix('.pdiparams'), sorted(names.values()))
    values = {number: stored[name] for number, name in names.items()}
    for operator in operators:
        kind = operator['#'].rpartition('.')[2]
        inputs = [value['%'] for value in operator.get('I', ())]
        if kind == 'reshape' and inputs[0] in values:
            values[operator['O'][0]['%']] = values[inputs[0]]
        elif kind in KINDS:
            used = [values[number] for number in inputs if number in values]
            if KINDS[kind] == 'batch normalisation' and len(used) == 4:  # mean, variance, weight, bias
                used = [used[2], used[3], used[0], used[1]]
            if kind == 'layer_norm':
                yield from (Parameter('factor', used[0]), Parameter('offset', used[1]))
            else:
                yield from (_parameter(KINDS[kind], array) for array in used)


def _read_pdiparams(path: Path, names: list[str]) -> dict[str, NDArray[np.float32]]:
    """Arrays of a file of Paddle's parameters, which holds them in the order of their names.

    Each is: version (4 bytes), number of levels (8), version (4), length of the description (4), description, values.
    The description is a protobuf message: the type of the values (field 1), then each size (field 2).
    """
    if not path.is_file():
        raise FileNotFoundError(f'there is no file {path} beside the network')
    data, position, arrays = path.read_bytes(), 0, {}
    for name in names:
        try:
            length, = struct.unpack_from('<i', data, position + 16)
            position += 20
            sizes = _sizes(data[position:position + length])
            position += length
            count = int(np.prod(sizes, dtype=np.int64))
            arrays[name] = np.frombuffer(data, '<f4', count, position).reshape(sizes)
            position += 4 * count
        except (struct.error, ValueError, IndexError) as error:
            raise ValueError(f'{path} ends or breaks off at the parameter {name}: {error}') from error
    if position != len(data):
        raise ValueError(f'{path} holds {len(data) - position} bytes more than its network has parameters')
    return arrays


def _sizes(description: bytes) -> list[int]:
    if description[:2] != b'\x08\x05':
        raise ValueError('values are no 32-bit floating-point numbers')
    sizes, position = [], 2
    while position < len(description):
        if description[position] != 0x10:
            raise ValueError('its description is not one of a tensor')
        size, shift, position = 0, 0, position + 1
        while True:
            byte = description[position]
            size, shift, position = size | (byte & 127) << shift, shift + 7, position + 1
            if byte < 128:
                break
        sizes.append(size)
    return sizes
