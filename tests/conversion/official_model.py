"""The official code's networks once more, as functions of its state dict. Sizes of images are multiples of 32.

Written from https://arxiv.org/abs/2202.10304 and the names and shapes in released checkpoints; sampling of deformable
convolutions by grid_sample, not by the operator that the package uses.
"""

from collections.abc import Iterator, Mapping
from itertools import count

import torch
import torch.nn.functional as F
from torch import Tensor

PREFIX = 'model.module.'
STAGES = {18: (2, 2, 2, 2), 50: (3, 4, 6, 3)}
WIDTHS = (64, 128, 256, 512)
Shapes = Iterator[tuple[str, tuple[int, ...]]]


def official_shapes(depth: int, dcn: bool, attention: str | None) -> dict[str, tuple[int, ...]]:
    """Names and shapes in a released checkpoint of that network."""
    expansion = 4 if depth == 50 else 1
    parts = [*_backbone(depth, dcn, expansion), *_decoder([width * expansion for width in WIDTHS], attention)]
    return {PREFIX + name: shape for name, shape in parts}


def _norm(name: str, width: int) -> Shapes:
    for part in ('weight', 'bias', 'running_mean', 'running_var'):
        yield f'{name}.{part}', (width,)
    yield f'{name}.num_batches_tracked', ()


def _backbone(depth: int, dcn: bool, expansion: int) -> Shapes:
    yield 'backbone.conv1.weight', (64, 3, 7, 7)
    yield from _norm('backbone.bn1', 64)
    before = 64
    for stage, (blocks, width) in enumerate(zip(STAGES[depth], WIDTHS, strict=True), start=1):
        for block in range(blocks):
            name = f'backbone.layer{stage}.{block}'
            kernels = (1, 3, 1) if depth == 50 else (3, 3)
            widths = [before, *[width] * (len(kernels) - 1), width * expansion]
            for i, kernel in enumerate(kernels):
                if dcn and stage > 1 and i == 1:
                    yield f'{name}.conv2_offset.weight', (27, width, 3, 3)
                    yield f'{name}.conv2_offset.bias', (27,)
                yield f'{name}.conv{i + 1}.weight', (widths[i + 1], widths[i], kernel, kernel)
                yield from _norm(f'{name}.bn{i + 1}', widths[i + 1])
            if block == 0 and (stage > 1 or before != width * expansion):
                yield f'{name}.downsample.0.weight', (width * expansion, before, 1, 1)
                yield from _norm(f'{name}.downsample.1', width * expansion)
            before = width * expansion
    yield 'backbone.fc.weight', (1000, before)
    yield 'backbone.fc.bias', (1000,)
    yield 'backbone.smooth.weight', (256, 2048, 1, 1)
    yield 'backbone.smooth.bias', (256,)


def _decoder(widths: list[int], attention: str | None) -> Shapes:
    for level in (5, 4, 3, 2):
        yield f'decoder.in{level}.weight', (256, widths[level - 2], 1, 1)
    for level in (5, 4, 3, 2):
        yield f'decoder.out{level}{".0" if level > 2 else ""}.weight', (64, 256, 3, 3)
    if attention:
        yield 'decoder.concat_attention.conv.weight', (64, 256, 3, 3)
        yield 'decoder.concat_attention.conv.bias', (64,)
        for name, shape in _attention(attention):
            yield f'decoder.concat_attention.enhanced_attention.{name}', shape
    for branch in ('binarize', 'thresh'):
        yield f'decoder.{branch}.0.weight', (64, 256, 3, 3)
        yield from _norm(f'decoder.{branch}.1', 64)
        yield f'decoder.{branch}.3.weight', (64, 64, 2, 2)
        yield f'decoder.{branch}.3.bias', (64,)
        yield from _norm(f'decoder.{branch}.4', 64)
        yield f'decoder.{branch}.6.weight', (64, 1, 2, 2)
        yield f'decoder.{branch}.6.bias', (1,)


def _attention(attention: str) -> Shapes:
    if attention == 'scale_channel':
        yield 'fc1.weight', (32, 64, 1, 1)
        yield from _norm('bn', 32)
        yield 'fc2.weight', (4, 32, 1, 1)
        return
    if attention == 'scale_channel_spatial':
        yield 'channel_wise.1.weight', (16, 64, 1, 1)
        yield 'channel_wise.3.weight', (64, 16, 1, 1)
    yield 'spatial_wise.0.weight', (1, 1, 3, 3)
    yield 'spatial_wise.2.weight', (1, 1, 1, 1)
    yield 'attention_wise.0.weight', (4, 64, 1, 1)


class OfficialModel:
    """Functions over a state dict of the official code."""

    def __init__(self, state: Mapping[str, Tensor]) -> None:
        self.state = {name.removeprefix(PREFIX): values for name, values in state.items()}

    def probability(self, x: Tensor, which: str = 'binarize') -> Tensor:
        """Probability map, or ``thresh``, the threshold map: (N, H, W) from (N, 3, H, W)."""
        fused = self.fused(self.features(x))
        y = self.norm(f'decoder.{which}.1', self.conv(f'decoder.{which}.0', fused, padding=1)).relu()
        for layer in (3, 6):
            y = F.conv_transpose2d(y, self.state[f'decoder.{which}.{layer}.weight'],
                                   self.state[f'decoder.{which}.{layer}.bias'], stride=2)
            y = self.norm(f'decoder.{which}.4', y).relu() if layer == 3 else y
        return y.sigmoid().squeeze(1)

    def features(self, x: Tensor) -> list[Tensor]:
        x = self.norm('backbone.bn1', self.conv('backbone.conv1', x, 2, 3)).relu()
        x = F.max_pool2d(x, 3, 2, 1)
        outputs = []
        for stage in range(1, 5):
            for block in count():
                name = f'backbone.layer{stage}.{block}'
                if f'{name}.conv1.weight' not in self.state:
                    break
                x = self.block(name, x, 2 if stage > 1 and block == 0 else 1)
            outputs.append(x)
        return outputs

    def block(self, name: str, x: Tensor, stride: int) -> Tensor:
        identity = x
        if f'{name}.downsample.0.weight' in self.state:
            identity = self.norm(f'{name}.downsample.1', self.conv(f'{name}.downsample.0', x, stride))
        if f'{name}.conv3.weight' in self.state:
            y = self.norm(f'{name}.bn1', self.conv(f'{name}.conv1', x)).relu()
            y = self.norm(f'{name}.bn2', self.conv2(name, y, stride)).relu()
            y = self.norm(f'{name}.bn3', self.conv(f'{name}.conv3', y))
        else:
            y = self.norm(f'{name}.bn1', self.conv(f'{name}.conv1', x, stride, 1)).relu()
            y = self.norm(f'{name}.bn2', self.conv2(name, y, 1))
        return (y + identity).relu()

    def conv2(self, block: str, x: Tensor, stride: int) -> Tensor:
        if f'{block}.conv2_offset.weight' not in self.state:
            return self.conv(f'{block}.conv2', x, stride, 1)
        predicted = self.conv(f'{block}.conv2_offset', x, 1, 1)
        height, width = -(-x.shape[2] // stride), -(-x.shape[3] // stride)
        memory = predicted[:, :18].reshape(len(x), -1), predicted[:, 18:].sigmoid().reshape(len(x), -1)
        offset, mask = (m[:, :n * height * width].reshape(-1, n, height, width)
                        for m, n in zip(memory, (18, 9), strict=True))
        rows, columns = torch.meshgrid(torch.arange(height) * stride, torch.arange(width) * stride, indexing='ij')
        out = torch.zeros(())
        for tap in range(9):
            y = rows + tap // 3 - 1 + offset[:, 2 * tap]
            x_ = columns + tap % 3 - 1 + offset[:, 2 * tap + 1]
            # A border of zeros, for grid_sample divides by the size less one, which may be zero.
            padded = F.pad(x, (1, 1, 1, 1))
            grid = torch.stack([(x_ + 1) / (padded.shape[3] - 1), (y + 1) / (padded.shape[2] - 1)], dim=-1) * 2 - 1
            taps = F.grid_sample(padded, grid, align_corners=True, padding_mode='zeros') * mask[:, tap:tap + 1]
            out = out + F.conv2d(taps, self.state[f'{block}.conv2.weight'][:, :, tap // 3, tap % 3][:, :, None, None])
        return out

    def fused(self, features: list[Tensor]) -> Tensor:
        c2, c3, c4, c5 = features
        in5, in4 = self.conv('decoder.in5', c5), self.conv('decoder.in4', c4)
        in3, in2 = self.conv('decoder.in3', c3), self.conv('decoder.in2', c2)
        out4 = twice(in5) + in4
        out3 = twice(out4) + in3
        out2 = twice(out3) + in2
        levels = [
            twice(twice(twice(self.conv('decoder.out5.0', in5, padding=1)))),
            twice(twice(self.conv('decoder.out4.0', out4, padding=1))),
            twice(self.conv('decoder.out3.0', out3, padding=1)),
            self.conv('decoder.out2', out2, padding=1),
        ]
        fused = torch.cat(levels, dim=1)
        if 'decoder.concat_attention.conv.weight' not in self.state:
            return fused
        scores = self.attention(self.conv('decoder.concat_attention.conv', fused, padding=1))
        return torch.cat([scores[:, i:i + 1] * level for i, level in enumerate(levels)], dim=1)

    def attention(self, x: Tensor) -> Tensor:
        name = 'decoder.concat_attention.enhanced_attention'
        if f'{name}.fc1.weight' in self.state:
            pooled = self.norm(f'{name}.bn', self.conv(f'{name}.fc1', x.mean(dim=(2, 3), keepdim=True))).relu()
            return self.conv(f'{name}.fc2', pooled).softmax(dim=1)
        if f'{name}.channel_wise.1.weight' in self.state:
            hidden = self.conv(f'{name}.channel_wise.1', x.mean(dim=(2, 3), keepdim=True)).relu()
            x = x + self.conv(f'{name}.channel_wise.3', hidden).sigmoid()
        spatial = self.conv(f'{name}.spatial_wise.0', x.mean(dim=1, keepdim=True), padding=1).relu()
        x = x + self.conv(f'{name}.spatial_wise.2', spatial).sigmoid()
        return self.conv(f'{name}.attention_wise.0', x).sigmoid()

    def conv(self, name: str, x: Tensor, stride: int = 1, padding: int = 0) -> Tensor:
        return F.conv2d(x, self.state[f'{name}.weight'], self.state.get(f'{name}.bias'), stride, padding)

    def norm(self, name: str, x: Tensor) -> Tensor:
        mean, variance, scale, shift = (
            self.state[f'{name}.{part}'][:, None, None] for part in ('running_mean', 'running_var', 'weight', 'bias'))
        return (x - mean) / (variance + 1e-5).sqrt() * scale + shift


def twice(x: Tensor) -> Tensor:
    """Every pixel as a square of four."""
    return x.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
