"""Checkpoints of the official code, github.com/MhLiao/DB: DBNet and DBNet++ with ResNets, with DCNv2 or without.

It concatenates the levels of the neck from coarse to fine, where this package goes from fine to coarse. So the input
channels of the layers behind the concatenation, four blocks of them, and the four outputs of the attention change
places. Offsets and masks of deformable convolutions have the same order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .layout import Layout, Rule
from .mmocr import fusion_settings

if TYPE_CHECKING:  # importing torch takes a second, which choosing a layout by its name does not need
    from torch import Tensor

_LEVELS = 4
_VALUES = r'(?:weight|bias|running_mean|running_var|num_batches_tracked)'
_ATTENTION = r'decoder\.concat_attention\.enhanced_attention'


def reverse_input_levels(weight: Tensor) -> Tensor:
    """Weights (C_out, levels * C, h, w) of a convolution over the concatenated levels, for the reverse order of them.

    Raises:
        ValueError: If the input channels are not four levels.
    """
    if weight.shape[1] % _LEVELS:
        raise ValueError(f'has {weight.shape[1]} input channels, which cannot be those of {_LEVELS} levels')
    return weight.unflatten(1, (_LEVELS, -1)).flip(1).flatten(1, 2)


def reverse_output_levels(weight: Tensor) -> Tensor:
    """Weights (levels, C, h, w) of a convolution that gives a number for each level, for the reverse order of them.

    Raises:
        ValueError: If there is not one output for each of the four levels.
    """
    if weight.shape[0] != _LEVELS:
        raise ValueError(f'has {weight.shape[0]} output channels, where each of {_LEVELS} levels has one')
    return weight.flip(0)


def _level(source: str, name: str, level: int) -> Rule:
    return Rule(rf'decoder\.{source}\.weight', f'neck.{name}.{level}.conv.weight')


def settings(state: Mapping[str, Tensor]) -> dict[str, Any]:
    """What the official code does to images (BGR, whatever it calls the mean), and how it reads offsets."""
    found = {
        'model.data_preprocessor.mean': [122.67891434, 116.66876762, 104.00698793],
        'model.data_preprocessor.std': [255.0, 255.0, 255.0],
        'model.data_preprocessor.bgr_to_rgb': False,
        **fusion_settings(state),
    }
    if any('.conv_offset.' in name for name in state):
        found['model.backbone.dcn.offset_layout'] = 'dense'
    return found


OFFICIAL = Layout(
    title='the official code',
    prefix=r'(?:model\.)?(?:module\.)*',
    rules=(
        Rule(r'backbone\.(layer\d\.\d+)\.conv2_offset\.(weight|bias)', r'backbone.\1.conv2.conv_offset.\2'),
        Rule(rf'(backbone\.(?:conv1|bn1|layer\d)\..*{_VALUES})', r'\1'),
        *(_level(f'in{level + 2}', 'lateral_convs', level) for level in range(_LEVELS)),
        *(_level(f'out{level + 2}' + (r'\.0' if level else ''), 'smooth_convs', level) for level in range(_LEVELS)),
        Rule(r'decoder\.concat_attention\.conv\.weight', 'neck.asf_conv.conv.weight', reverse_input_levels),
        Rule(r'decoder\.concat_attention\.conv\.bias', 'neck.asf_conv.conv.bias'),
        # Of scale_channel_spatial and scale_spatial.
        Rule(rf'{_ATTENTION}\.channel_wise\.1\.weight', 'neck.asf_attn.channel_wise.0.conv.weight'),
        Rule(rf'{_ATTENTION}\.channel_wise\.3\.weight', 'neck.asf_attn.channel_wise.1.conv.weight'),
        Rule(rf'{_ATTENTION}\.spatial_wise\.0\.weight', 'neck.asf_attn.spatial_wise.0.conv.weight'),
        Rule(rf'{_ATTENTION}\.spatial_wise\.2\.weight', 'neck.asf_attn.spatial_wise.1.conv.weight'),
        Rule(rf'{_ATTENTION}\.attention_wise\.0\.weight', 'neck.asf_attn.attention_wise.conv.weight',
             reverse_output_levels),
        # Of scale_channel.
        Rule(rf'{_ATTENTION}\.fc1\.weight', 'neck.asf_attn.channel_wise.0.conv.weight'),
        Rule(rf'{_ATTENTION}\.bn\.({_VALUES})', r'neck.asf_attn.channel_wise.0.bn.\1'),
        Rule(rf'{_ATTENTION}\.fc2\.weight', 'neck.asf_attn.channel_wise.1.conv.weight', reverse_output_levels),
        Rule(r'decoder\.binarize\.0\.weight', 'det_head.binarize.0.weight', reverse_input_levels),
        Rule(r'decoder\.thresh\.0\.weight', 'det_head.threshold.0.weight', reverse_input_levels),
        Rule(rf'decoder\.binarize\.([01346]\.{_VALUES})', r'det_head.binarize.\1'),
        Rule(rf'decoder\.thresh\.([01346]\.{_VALUES})', r'det_head.threshold.\1'),
    ),
    left_out={
        r'backbone\.fc\..+': 'classifier of ImageNet, which detection never runs',
        r'backbone\.smooth\..+': 'the official backbone makes this layer and never runs it',
    },
    settings=settings)
