"""What the benchmarks compare, and what they make of their figures. How fast anything is, no test says."""

import numpy as np
import pytest
import torch

from dbnetpp_plugin.benchmarks import data, deformable, inference, train
from dbnetpp_plugin.benchmarks.configs import mmocr_config
from dbnetpp_plugin.config import own_config


def test_configs_exist():
    for own, theirs in train.PAIRS.values():
        assert own_config(own).is_file()
        assert mmocr_config(theirs).is_file()
    with pytest.raises(FileNotFoundError, match=r'the config none\.py is neither'):
        own_config('none')


def test_no_image_keeps_text():
    with pytest.raises(ValueError, match='no image has kept any text through the pipeline: take more images'):
        data.summarise([])


def test_deformable():
    figures = deformable.run(repeats=2, seed=0, layers=[(4, 6, 8)])
    assert [(case['layer'], case['pass']) for case in figures['cases']] == [
        ([4, 6, 8], 'prediction'), ([4, 6, 8], 'training')]
    for case in figures['cases']:
        for name in ('torchvision', 'dbnetpp'):
            assert 0 < case[name]['p10'] <= case[name]['median'] <= case[name]['p90']
        assert case['speedup'] == pytest.approx(case['torchvision']['median'] / case['dbnetpp']['median'])
        assert 0 <= case['difference'] < 1e-5


def test_agreement_of_outlines():
    square = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], float)
    figures = inference.agreement([[square, square + 50], []], [[square + np.array([0, 0.5])], [square]])
    assert figures == {'theirs': 2, 'ours': 2, 'within_1px': 0.5, 'theirs_within_1px': 0.5, 'max_px': 0.5}


@pytest.mark.parametrize(('model', 'kind'), [('r18', None), ('r50_dcnv2', 'TorchvisionDCNv2')])
def test_only_the_place_of_label_making_differs(model, kind):
    ours, in_loss, theirs = train.variants(model, 96).values()
    assert {**in_loss.model['det_head'], 'module_loss': None} == {**ours.model['det_head'], 'module_loss': None}
    assert in_loss.model['det_head']['module_loss']['type'] == 'DBModuleLoss'
    assert in_loss.model['data_preprocessor']['type'] == 'TextDetDataPreprocessor'
    assert all(in_loss.model[part] == ours.model[part] for part in ('backbone', 'neck'))
    assert in_loss.pipeline[:3] == ours.pipeline[:3]
    assert [step['type'] for step in ours.pipeline[3:]] == ['GenerateDBTargets', 'PackDBInputs']
    assert [step['type'] for step in in_loss.pipeline[3:]] == ['PackTextDetInputs']
    for variant in (ours, theirs):
        assert variant.model['backbone']['init_cfg'] is None
        assert variant.model['backbone'].get('dcn', {}).get('type') == kind
    assert ours.pipeline[2]['size'] == theirs.pipeline[-3]['scale'] == theirs.pipeline[-2]['size'] == (96, 96)
    assert theirs.model['neck']['type'] == 'FPNC'


def test_train_shares():
    taken = [train.StepTimes(1, 0.25, 0.5, 0.5), train.StepTimes(3, 0.75, 0.5, 1)]
    gpu = train.Options(6, 2, 1, torch.device('cuda'), False)
    assert train.summarise(taken, gpu) == {
        'images_per_second': 3, 'images_per_second_by_step': {'median': 4, 'p10': 2.4, 'p90': pytest.approx(5.6)},
        'waiting_share': 0.25, 'labels_share': 0.25, 'gpu_idle_share': 0.375}
