"""Parameters of exported networks, assigned by the order in which layers run."""

import json
import struct

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from dbnetpp_plugin.conversion.ppocr import ppocr_state_dict, read_parameters, with_threshold_branch

EXAMPLE = torch.zeros(1, 3, 8, 8)


class Small(nn.Module):
    """Layers are made in another order than that in which they run."""

    def __init__(self) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(4, 2, 2, stride=2)
        self.norm = nn.BatchNorm2d(4)
        self.conv = nn.Conv2d(3, 4, 3, padding=1, bias=False)
        self.unused = nn.Conv2d(2, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.up(self.norm(self.conv(x)).relu()).sigmoid()


@pytest.fixture
def model():
    torch.manual_seed(0)
    model = Small().eval()
    nn.init.uniform_(model.norm.running_mean)
    nn.init.uniform_(model.norm.running_var, 0.5, 1)
    nn.init.uniform_(model.norm.weight, 0.5, 1)
    return model


def arrays(model):
    """Names that say nothing, in the order in which the layers run."""
    state = model.state_dict()
    names = ['conv.weight', *(f'norm.{name}' for name in ('weight', 'bias', 'running_mean', 'running_var')),
             'up.weight', 'up.bias']
    return {f'p{len(names) - i}': state[name].numpy() for i, name in enumerate(names)}


@pytest.fixture
def onnx_file(model, tmp_path):
    """As Paddle2ONNX writes it: an alias, a weight in a constant, a bias that is added, and scalars between."""
    values = arrays(model)
    bias = values.pop('p1').reshape(1, 2, 1, 1)
    conv = numpy_helper.from_array(values.pop('p7'), 'kernel')
    nodes = [
        helper.make_node('Constant', [], ['c'], value=conv),
        helper.make_node('Identity', ['c'], ['alias']),
        helper.make_node('Conv', ['x', 'alias'], ['a'], pads=[1, 1, 1, 1]),
        helper.make_node('BatchNormalization', ['a', 'p6', 'p5', 'p4', 'p3'], ['b'], epsilon=1e-5),
        helper.make_node('Relu', ['b'], ['r']),
        helper.make_node('Add', ['r', 'zero'], ['s']),
        helper.make_node('ConvTranspose', ['s', 'p2'], ['d'], strides=[2, 2]),
        helper.make_node('Add', ['d', 'bias'], ['e']),
        helper.make_node('Sigmoid', ['e'], ['y'])]
    stored = [numpy_helper.from_array(array, name) for name, array in
              {**values, 'bias': bias, 'zero': np.float32(0)}.items()]
    graph = helper.make_graph(nodes, 'g', [helper.make_tensor_value_info('x', TensorProto.FLOAT, [1, 3, 8, 8])],
                              [helper.make_tensor_value_info('y', TensorProto.FLOAT, [1, 2, 16, 16])], stored)
    path = tmp_path / 'net.onnx'
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)]), path)
    return path


def varint(number):
    out = b''
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


@pytest.fixture
def paddle_file(model, tmp_path):
    """As Paddle writes it: operators with numbers of values, and the values in the order of their names."""
    values = arrays(model)
    numbers = {name: index for index, name in enumerate(values, 1)}
    operators = [{'#': 'p', 'A': [0, 1, 1, name], 'O': {'%': number}} for name, number in numbers.items()]

    def operator(kind, inputs, output):
        operators.append({'#': f'1.{kind}', 'I': [{'%': i} for i in inputs], 'O': [{'%': output}]})

    operator('conv2d', [100, numbers['p7']], 101)
    operator('batch_norm_', [101, *(numbers[name] for name in ('p4', 'p3', 'p6', 'p5'))], 102)
    operator('conv2d_transpose', [102, numbers['p2']], 103)
    operator('reshape', [numbers['p1']], 104)
    operator('add', [103, 104], 105)
    (tmp_path / 'inference.json').write_text(json.dumps({'program': {'regions': [{'blocks': [{'ops': operators}]}]}}))
    data = b''
    for name in sorted(values):
        description = b'\x08\x05' + b''.join(b'\x10' + varint(size) for size in values[name].shape)
        data += struct.pack('<iqii', 0, 0, 0, len(description)) + description + values[name].tobytes()
    (tmp_path / 'inference.pdiparams').write_bytes(data)
    return tmp_path / 'inference.json'


@pytest.mark.parametrize('kind', ['onnx_file', 'paddle_file'])
def test_every_parameter_finds_its_place(model, kind, request):
    state = ppocr_state_dict(read_parameters(request.getfixturevalue(kind)), Small(), EXAMPLE)
    expected = {name: values for name, values in model.state_dict().items()
                if not name.startswith('unused') and not name.endswith('num_batches_tracked')}
    assert state.keys() == expected.keys()
    for name, values in state.items():
        torch.testing.assert_close(values, expected[name], rtol=0, atol=0)


def test_the_model_stays_as_it_is(onnx_file):
    model = Small().train()
    before = {name: values.clone() for name, values in model.state_dict().items()}
    ppocr_state_dict(read_parameters(onnx_file), model, EXAMPLE)
    assert model.training
    assert not model.conv._forward_pre_hooks
    for name, values in model.state_dict().items():
        torch.testing.assert_close(values, before[name], rtol=0, atol=0)


class Wider(Small):
    def __init__(self):
        super().__init__()
        self.up = nn.ConvTranspose2d(4, 3, 2, stride=2)


class WithoutNorm(Small):
    def __init__(self):
        super().__init__()
        self.norm = nn.Identity()


class WithoutBias(Small):
    def __init__(self):
        super().__init__()
        self.up = nn.ConvTranspose2d(4, 2, 2, stride=2, bias=False)


@pytest.mark.parametrize(('other', 'message'), [
    (Wider(), r'parameter 5 of the file is a transposed convolution of shape \(4, 2, 2, 2\), where the model has the '
              r'transposed convolution up.weight of shape \(4, 3, 2, 2\)'),
    (WithoutNorm(), 'parameter 1 of the file is a batch normalisation of shape'),
    (WithoutBias(), 'the file has 7 parameters and the model 6'),
])
def test_files_of_other_networks_are_refused(onnx_file, other, message):
    with pytest.raises(ValueError, match=message):
        ppocr_state_dict(read_parameters(onnx_file), other, EXAMPLE)


def test_files_that_cannot_be_read_are_named(tmp_path, paddle_file):
    for name, content, message in (('a.onnx', b'text', r'a\.onnx is not an ONNX file'),
                                   ('a.json', b'{}', r'a\.json is not a network that Paddle exported'),
                                   ('a.pth', b'', r'a\.pth is neither an \.onnx file')):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=message):
            read_parameters(tmp_path / name)
    with pytest.raises(FileNotFoundError, match=r'there is no file \S+none\.onnx'):
        read_parameters(tmp_path / 'none.onnx')
    parameters = tmp_path / 'inference.pdiparams'
    whole = parameters.read_bytes()
    for content, message in ((whole[:-40], 'ends or breaks off at the parameter p7'), (whole + b'123', '3 bytes more'),
                             (whole.replace(b'\x08\x05', b'\x08\x06'), 'no 32-bit floating-point numbers')):
        parameters.write_bytes(content)
        with pytest.raises(ValueError, match=message):
            read_parameters(paddle_file)
    parameters.unlink()
    with pytest.raises(FileNotFoundError, match=r'inference\.pdiparams'):
        read_parameters(paddle_file)


def test_threshold_branch_is_the_probability_branch_but_for_its_last_layer():
    state = {'det_head.binarize.0.weight': torch.ones(2), 'det_head.binarize.6.bias': torch.ones(1),
             'neck.a': torch.ones(1)}
    extended = with_threshold_branch(state)
    assert list(extended)[:3] == list(state)
    assert extended['det_head.threshold.0.weight'].tolist() == [1, 1]
    assert extended['det_head.threshold.6.bias'].tolist() == [0]
