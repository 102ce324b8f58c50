"""Checkpoints of MMOCR: its own models, and ours with their converted weights, give the same maps."""

from pathlib import Path
from typing import Any

import mmocr
import pytest
import torch
from mmengine.config import Config
from mmocr.registry import MODELS
from random_weights import random_state

from dbnetpp_plugin.conversion import MMOCR, convert_state_dict

CONFIGS = Path(__file__).parents[2] / 'configs'
MMOCR_CONFIGS = Path(mmocr.__file__).parent / '.mim/configs/textdet'

CASES = {  # MMOCR's config, and ours
    'dbnetpp/dbnetpp_resnet50-dcnv2_fpnc_1200e_icdar2015': 'dbnetpp_r50_dcnv2_ic15',
    'dbnetpp/dbnetpp_resnet50_fpnc_1200e_icdar2015': 'dbnetpp_r50_ic15',
    'dbnetpp/dbnetpp_resnet50-oclip_fpnc_1200e_icdar2015': 'dbnetpp_r50_oclip_ic15',
    'dbnet/dbnet_resnet50-dcnv2_fpnc_1200e_icdar2015': 'dbnet_r50_dcnv2_ic15',
    'dbnet/dbnet_resnet50_1200e_icdar2015': 'dbnet_r50_ic15',
    'dbnet/dbnet_resnet50-oclip_1200e_icdar2015': 'dbnet_r50_oclip_ic15',
    'dbnet/dbnet_resnet18_fpnc_1200e_icdar2015': 'dbnet_r18_ic15',
}


def build(config: Config) -> Any:
    config.model.backbone.init_cfg = None
    return MODELS.build(config.model).eval()


def mmocr_model(name: str) -> Any:
    config = Config.fromfile(MMOCR_CONFIGS / f'{name}.py')
    if config.model.backbone.get('dcn'):
        config.model.backbone.dcn.type = 'TorchvisionDCNv2'  # mmcv's own needs compiled operators
    return build(config)


def our_model(name: str, settings: dict[str, Any]) -> Any:
    config = Config.fromfile(CONFIGS / f'{name}.py')
    config.merge_from_dict(settings)
    return build(config)


@pytest.mark.parametrize(('theirs', 'ours'), CASES.items(), ids=CASES.values())
@torch.no_grad()
def test_same_maps_as_mmocr(theirs, ours):
    reference = mmocr_model(theirs)
    state = random_state({name: tuple(values.shape) for name, values in reference.state_dict().items()})
    reference.load_state_dict(state, strict=True)
    converted = convert_state_dict(state, MMOCR)
    assert converted.left_out == {}

    settings = MMOCR.settings(converted.state_dict)
    assert settings == ({'model.neck.asf.inner_channels': 256} if 'dbnetpp' in theirs else {})
    model = our_model(ours, settings)
    model.load_state_dict(converted.state_dict, strict=True)
    generator = torch.Generator().manual_seed(1)
    # MMOCR's oCLIP backbone cannot add its branches at other sizes than multiples of 32.
    for size in ((64, 96), (128, 32) if 'oclip' in theirs else (97, 71)):
        images = torch.randn(2, 3, *size, generator=generator)
        expected, found = reference(images, mode='tensor'), model(images, mode='tensor')
        assert 0.02 < expected.std() < 0.5
        torch.testing.assert_close(found, expected, rtol=0, atol=1e-4)
    features = torch.randn(1, 256, 6, 7, generator=generator)
    for expected, found in zip(reference.det_head(features, mode='both'), model.det_head(features, mode='both'),
                               strict=True):
        # The binary map is 50 times as steep as the maps that it is made of.
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-4)


def test_names_of_older_versions_and_wrappers():
    state = {
        'module.backbone.layer2.0.conv2_offset.weight': torch.ones(27, 128, 3, 3),
        'module.backbone.layer2.0.conv2.weight': torch.ones(128, 128, 3, 3),
        'module.bbox_head.binarize.0.weight': torch.ones(64, 256, 3, 3),
        'module.bbox_head.threshold.6.bias': torch.ones(1),
        'data_preprocessor.mean': torch.ones(3, 1, 1),
    }
    converted = convert_state_dict(state, MMOCR)
    assert list(converted.state_dict) == [
        'backbone.layer2.0.conv2.conv_offset.weight', 'backbone.layer2.0.conv2.weight',
        'det_head.binarize.0.weight', 'det_head.threshold.6.bias']
    assert converted.left_out == {'data_preprocessor.mean': 'mean and deviation are those of the config'}


def test_unknown_parameters_are_refused():
    state = {name: torch.ones(1) for name in ('neck.lateral_convs.0.conv.weight', 'neck.out_conv.conv.weight',
                                              'neck.lateral_convs.0.bn.weight', 'a', 'b')}
    with pytest.raises(ValueError, match=r'^4 of 5 parameters are not those of a DBNet or DBNet\+\+ of MMOCR: '
                                         r'neck.out_conv.conv.weight, neck.lateral_convs.0.bn.weight, a, b$'):
        convert_state_dict(state, MMOCR)


def test_two_parameters_of_one_name_are_refused():
    state = {'det_head.binarize.0.weight': torch.ones(1), 'bbox_head.binarize.0.weight': torch.ones(1)}
    with pytest.raises(ValueError, match=r'two parameters become det_head\.binarize\.0\.weight, one of them is bbox'):
        convert_state_dict(state, MMOCR)
