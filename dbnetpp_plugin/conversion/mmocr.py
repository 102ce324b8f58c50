"""Checkpoints of MMOCR: DBNet with ResNet-18, DBNet and DBNet++ with ResNet-50, -50-DCNv2 and -50-oCLIP.

Names and order are the same here, but for checkpoints of MMOCR 0.x, whose head was called otherwise, and whose
deformable convolutions are those of the first version of mmcv's layer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .layout import Layout, Rule

if TYPE_CHECKING:  # importing torch takes a second, which choosing a layout by its name does not need
    from torch import Tensor

_VALUES = r'(?:weight|bias|running_mean|running_var|num_batches_tracked)'


def fusion_settings(state: Mapping[str, Tensor]) -> dict[str, Any]:
    """Width of the features that the attention is made of, where there is one: MMOCR has 256, the official code 64."""
    conv = state.get('neck.asf_conv.conv.weight')
    return {} if conv is None else {'model.neck.asf.inner_channels': conv.shape[0]}


MMOCR = Layout(
    title='MMOCR',
    prefix=r'(?:module\.)*',
    rules=(
        Rule(r'backbone\.(.+)\.conv2_offset\.(weight|bias)', r'backbone.\1.conv2.conv_offset.\2'),
        Rule(rf'(backbone\.(?:stem|conv1|bn1|layer\d)\..*{_VALUES})', r'\1'),
        Rule(r'(neck\.(?:lateral|smooth)_convs\.[0-3]\.conv\.weight)', r'\1'),
        Rule(r'(neck\.asf_conv\.conv\.(?:weight|bias))', r'\1'),
        Rule(r'(neck\.asf_attn\.(?:channel_wise\.[01]|spatial_wise\.[01]|attention_wise)\.conv\.weight)', r'\1'),
        Rule(rf'(?:det_head|bbox_head)\.((?:binarize|threshold)\.[01346]\.{_VALUES})', r'det_head.\1'),
    ),
    left_out={r'data_preprocessor\..+': 'mean and deviation are those of the config'},
    settings=fusion_settings)
