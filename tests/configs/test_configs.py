"""Every config of a detector builds, trains a step and predicts, on a small picture of its data set's kind of text."""

import copy
import functools
import json
import logging
import math
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config, ConfigDict
from mmengine.dataset import pseudo_collate
from mmengine.logging import MMLogger
from mmengine.optim import build_optim_wrapper
from mmengine.registry import HOOKS, PARAM_SCHEDULERS
from mmengine.runner import Runner
from mmocr.registry import DATASETS, METRICS, MODELS
from torch import nn

from dbnetpp_plugin.annotations.mmocr_json import make_entry, make_instance, write_annotations

ROOT = Path(__file__).parents[2]
FILES = sorted(file for file in (ROOT / 'configs').rglob('*.py') if '_base_' not in file.parts)
CONFIGS = {file.stem: file for file in FILES if file.stem.startswith('dbnet')}
CURVED = ('totaltext', 'ctw1500')
IMAGE, CROP = (128, 96), (64, 64)  # width, height
SPLITS = ('train', 'train_only', 'val', 'test')


@functools.cache
def load(name: str) -> Config:
    return Config.fromfile(CONFIGS[name])


def is_curved(name: str) -> bool:
    return any(data in name for data in CURVED)


def structure(name: str) -> str:
    """What decides which parameters a model has."""
    model = load(name).model.to_dict()
    model['backbone'].pop('init_cfg', None)
    model.pop('init_cfg', None)
    head = {key: value for key, value in model['det_head'].items() if key not in ('module_loss', 'postprocessor')}
    return json.dumps({**model, 'det_head': head}, sort_keys=True)


# Models of the same structure one after the other, so that each is built once.
NAMES = sorted(CONFIGS, key=lambda name: (structure(name), name))


@functools.lru_cache(maxsize=1)
def initialised(model: str) -> nn.Module:
    torch.manual_seed(0)
    built = MODELS.build(ConfigDict(json.loads(model)))
    built.init_weights()
    return built


def build_model(name: str) -> nn.Module:
    """The model of a config, on the initial weights of its structure."""
    config = load(name).model.to_dict()
    shared = initialised(structure(name))
    shared.det_head.module_loss = MODELS.build(config['det_head']['module_loss'])
    shared.det_head.postprocessor = MODELS.build(config['det_head']['postprocessor'])
    return shared


def bent_word() -> np.ndarray:
    """Fourteen points around a ring sector."""
    angles = np.linspace(-0.8, 0.8, 7)
    arcs = [np.stack([64 + r * np.sin(angles), 80 - r * np.cos(angles)], axis=1) for r in (60, 36)]
    return np.concatenate([arcs[0], arcs[1][::-1]])


QUAD = np.array([(14, 40), (110, 30), (112, 60), (16, 70)])


@pytest.fixture(scope='module')
def data_roots(tmp_path_factory) -> dict[bool, Path]:
    """A picture with a straight word (False), and one with a bent word (True)."""
    roots = {}
    for curved, polygon in ((False, QUAD), (True, bent_word())):
        roots[curved] = folder = tmp_path_factory.mktemp('data')
        image = np.full((IMAGE[1], IMAGE[0], 3), 200, np.uint8)
        cv2.fillPoly(image, [polygon.astype(np.int32)], (20, 20, 20))
        cv2.imwrite(str(folder / 'a.jpg'), image)
        entry = make_entry('a.jpg', *IMAGE, [make_instance(polygon.ravel(), text='Word')])
        for split in SPLITS:
            write_annotations(folder / f'textdet_{split}.json', [entry, entry])
    return roots


def small(name: str, data_root: Path) -> Config:
    """A config on other data, in the size of a stamp, and without a network."""
    config = copy.deepcopy(load(name))
    config.model.backbone.init_cfg = None
    for part in (*parts(config.train_dataloader), *parts(config.val_dataloader), *parts(config.test_dataloader)):
        if 'ann_file' in part:  # others draw their own
            part['data_root'] = str(data_root)
        if part.get('type') == 'DBTextAugment':
            part['size'] = CROP
        if part.get('type') == 'Resize':
            part['scale'] = CROP
    return config


def parts(config: object) -> Iterator[dict]:
    """Every dictionary in a config, however deep."""
    if isinstance(config, dict):
        yield config
        for value in config.values():
            yield from parts(value)
    elif isinstance(config, list | tuple):
        for value in config:
            yield from parts(value)


@contextmanager
def no_complaints() -> Iterator[None]:
    """Nothing is logged as a warning, of missing or unexpected parameters for example, or warned of."""
    records: list[logging.LogRecord] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = records.append  # type: ignore[method-assign]
    logger = MMLogger.get_current_instance()
    logger.addHandler(handler)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter('always')
            yield
    finally:
        logger.removeHandler(handler)
    assert not [record.getMessage() for record in records]
    assert not [str(warning.message) for warning in caught if issubclass(warning.category, UserWarning)]


def expected_losses(config: Config) -> set[str]:
    head = config.model.det_head
    names = {'loss_prob'}
    if head.get('with_threshold', True):
        names |= {'loss_db'} if head.module_loss.get('weight_thr') == 0 else {'loss_db', 'loss_thr'}
    return names


def test_starts_with_the_import_of_the_plugin():
    assert CONFIGS
    for name, file in CONFIGS.items():
        code = re.sub(r'^""".*?"""\n', '', file.read_text(), flags=re.DOTALL).lstrip()
        assert code.startswith("custom_imports = dict(imports=['dbnetpp_plugin'], allow_failed_imports=False)\n"), name


@pytest.mark.parametrize('name', NAMES)
def test_the_name_says_what_the_config_is(name):
    config = load(name)
    model, backbone = config.model, config.model.backbone
    assert (model.neck.asf is None) == name.startswith('dbnet_')
    assert ('dcn' in backbone) == ('_dcnv2_' in name)
    assert backbone.get('depth', 50) == (18 if '_r18_' in name else 50)
    assert (backbone.type == 'CLIPResNet') == ('_oclip_' in name)
    assert model.det_head.get('with_threshold', True) != name.endswith('_no_db')
    if not name.startswith('dbnet_'):
        attention = next((a for a in ('scale_channel', 'scale_spatial') if name.endswith(a)), 'scale_channel_spatial')
        assert model.neck.asf.attention == attention
    if name.endswith('_scratch'):
        assert backbone.init_cfg is None


@pytest.mark.parametrize(('data', 'train', 'test'), [
    ('ic15', {'data/icdar2015': 'train'}, {'data/icdar2015': 'test'}),
    ('mlt17', {'data/icdar2017_mlt': 'train_only'}, {'data/icdar2017_mlt': 'val'}),
    ('totaltext', {'data/totaltext': 'train'}, {'data/totaltext': 'test'}),
    ('ctw1500', {'data/ctw1500': 'train'}, {'data/ctw1500': 'test'}),
    ('td500', {'data/msra_td500': 'train', 'data/hust_tr400': 'train'}, {'data/msra_td500': 'test'}),
    ('synthtext', {'data/synthtext': 'train'}, {'data/icdar2015': 'test'}),
])
@pytest.mark.parametrize('model', ['dbnet', 'dbnetpp'])
@pytest.mark.parametrize('backbone', ['r18_dcnv2', 'r50_dcnv2'])
def test_each_model_of_the_papers_has_each_data_set_of_the_papers(model, backbone, data, train, test):
    config = load(f'{model}_{backbone}_{data}')
    for loader, expected in ((config.train_dataloader, train), (config.test_dataloader, test)):
        sets = loader.dataset.get('datasets', [loader.dataset])
        assert {one.data_root: one.ann_file for one in sets} == {
            root: f'textdet_{split}.json' for root, split in expected.items()}


@pytest.mark.parametrize('data', ['td500', 'ctw1500'])
@pytest.mark.parametrize('backbone', ['r18', 'r50'])
def test_the_attentions_are_compared_without_deformable_convolutions(backbone, data):
    whole = load(f'dbnetpp_{backbone}_{data}').to_dict()
    for attention in ('scale_channel', 'scale_spatial'):
        config = load(f'dbnetpp_{backbone}_{data}_{attention}').to_dict()
        config['model']['neck']['asf']['attention'] = whole['model']['neck']['asf']['attention']
        assert config == whole


@pytest.mark.parametrize('name', NAMES)
def test_loss_and_threshold_are_the_official_ones_or_those_of_the_paper(name):
    head = MODELS.build(load(name).model.det_head)
    paper = name.endswith('_paper')
    assert head.postprocessor.settings['mask_thr'] == (0.2 if paper else 0.3)
    if paper:
        assert (head.module_loss.weight_prob, head.module_loss.weight_thr, head.module_loss.weight_db) == (1, 10, 1)
        assert head.module_loss.k == head.k


@pytest.mark.parametrize('name', ['dbnetpp_r50_dcnv2_ic15_adamw', 'dbnetpp_r18_ic15_adamw', 'dbnetpp_mbv3l_ic15_adamw'])
def test_the_recipe_of_practitioners(name):
    config = load(name)
    assert config.optim_wrapper.optimizer.type == 'AdamW'
    assert config.optim_wrapper.optimizer.lr == 1e-4
    assert config.param_scheduler[-1].type == 'CosineAnnealingLR'
    (hook,) = config.custom_hooks
    assert hook.type == 'FreezeBackboneHook'
    assert 10 <= hook.epochs <= 20
    (augment,) = (step for step in config.train_dataloader.dataset.pipeline if step['type'] == 'DBTextAugment')
    assert augment.flip == 0.5
    assert augment.rotation == (-15, 15)
    assert augment.brightness == augment.contrast == 0.3


def test_the_documentation_names_every_config_and_its_settings():
    text = (ROOT / 'docs' / 'configs.md').read_text()
    for name, link in re.findall(r'\[`(\w+)`\]\(\.\./(configs/[\w/]+\.py)\)', text):
        assert Path(link).stem == name
        assert (ROOT / link).is_file(), link
    rows = re.findall(r'\| \[`(\w+)`\]\(\.\./configs/[\w/]+\.py\) \| (\d+) \| ([\d.]+) \|', text)
    for name, size, score_thr in rows:
        assert load(name).test_dataloader.dataset.pipeline[1].scale == (4096, int(size)), name
        assert load(name).test_evaluator[1].score_thr == float(score_thr), name
    stages = {f'{model}_{backbone}_synthtext' for model in re.findall(r'`(dbnet\w*)`', text)
              for backbone in re.findall(r'`(r\d+\w*)`', text)}
    assert set(CONFIGS) <= {name for name, *_ in rows} | set(re.findall(r'`(dbnet\w+)`', text)) | stages


@pytest.mark.parametrize('name', NAMES)
def test_one_training_step_and_one_prediction(name, data_roots, monkeypatch):
    config = small(name, data_roots[is_curved(name)])
    with no_complaints():
        model = build_model(name).train()
        optimizer = build_optim_wrapper(model, config.optim_wrapper)
        dataset = DATASETS.build(config.train_dataloader.dataset)
        batch = pseudo_collate([dataset[0], dataset[len(dataset) - 1]])
        untrained: list[str] = []
        step = optimizer.step

        def watched_step(**options):
            untrained.extend(name for name, p in model.named_parameters() if p.requires_grad and p.grad is None)
            step(**options)

        monkeypatch.setattr(optimizer, 'step', watched_step)
        logs = model.train_step(batch, optimizer)
    assert not untrained
    assert set(logs) == {'loss', *expected_losses(config)}
    assert all(math.isfinite(float(value)) for value in logs.values())

    with no_complaints(), torch.no_grad():
        model.eval()
        # Untrained it finds nothing, and so it is made to find the whole picture.
        bias = model.det_head.binarize[-1].bias.clone()
        model.det_head.binarize[-1].bias.fill_(5)
        predicted = model.test_step(pseudo_collate([DATASETS.build(config.test_dataloader.dataset)[0]]))[0]
        model.det_head.binarize[-1].bias.copy_(bias)
    instances = predicted.pred_instances
    assert len(instances.polygons) == len(instances.scores) >= 1
    assert instances.scores.dtype == torch.float32
    figures: dict[str, float] = {}
    for evaluator in config.test_evaluator:
        metric = METRICS.build(evaluator)
        metric.process(None, [predicted.to_dict()])
        figures.update(metric.evaluate(size=1))
    assert {'icdar/hmean', 'icdar2015/hmean'} <= set(figures)
    assert all(0 <= value <= 1 for value in figures.values())


@pytest.mark.parametrize('name', NAMES)
def test_outlines_have_the_shape_of_the_text_of_the_data_set(name):
    prob_map = np.zeros((1, 96, 128), np.float32)
    cv2.fillPoly(prob_map[0], [bent_word().astype(np.int32)], 1.0)
    postprocessor = MODELS.build(load(name).model.det_head.postprocessor)
    sample = postprocessor.get_text_instances(prob_map[0], data_sample((96, 128)))
    (polygon,) = sample.pred_instances.polygons
    assert polygon.dtype == np.float32
    assert polygon.ndim == 1
    assert len(polygon) > 8 if is_curved(name) else len(polygon) == 8


def data_sample(shape: tuple[int, int]):
    from mmocr.structures import TextDetDataSample
    return TextDetDataSample(metainfo=dict(img_shape=shape, scale_factor=(1.0, 1.0)))


@pytest.mark.parametrize('name', NAMES)
def test_the_learning_rate_is_scheduled_to_the_end_of_the_training(name):
    config = load(name)
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=config.optim_wrapper.optimizer.lr)
    epochs, ends = 'max_epochs' in config.train_cfg, []
    for scheduler in config.param_scheduler:
        options = {key: value for key, value in scheduler.items() if key not in ('type', 'convert_to_iter_based')}
        built = PARAM_SCHEDULERS.get(scheduler.type)(optimizer, **options)
        assert epochs or not built.by_epoch
        ends.append(built.end)
    assert ends[-1] == config.train_cfg['max_epochs' if epochs else 'max_iters']
    assert all(HOOKS.build(hook) for hook in config.get('custom_hooks', []))


@pytest.mark.parametrize('name', NAMES)
def test_the_synthtext_stage_that_it_names_has_the_same_parameters(name):
    for stage in re.findall(r'load_from=work_dirs/(\w+)/iter_100000.pth', CONFIGS[name].read_text()):
        assert structure(stage) == structure(name)
        assert load(stage).train_cfg.max_iters == 100_000
        assert 100_000 % load(stage).default_hooks.checkpoint.interval == 0


@pytest.mark.parametrize('name', NAMES)
def test_the_best_checkpoint_is_chosen_by_a_figure_that_there_is(name):
    config = load(name)
    if config.val_evaluator is None:
        assert config.default_hooks.checkpoint.save_best is None
        assert config.val_cfg is config.val_dataloader is None
    else:
        assert config.default_hooks.checkpoint.save_best == 'icdar2015/hmean'
        assert config.val_evaluator[1] == config.test_evaluator[1]
        assert config.val_evaluator[1]['type'] == 'TextDetHmeanMetric'


def runnable(name: str, data_root: Path, work_dir: Path) -> Config:
    config = small(name, data_root)
    config.work_dir = str(work_dir)
    for loader in (config.train_dataloader, config.val_dataloader, config.test_dataloader):
        if loader is not None:
            loader.update(num_workers=0, persistent_workers=False)
    config.train_dataloader.batch_size = 2
    return config


def test_run_with_the_moving_average_and_clipped_gradients(data_roots, tmp_path):
    config = runnable('dbnetpp_r18_ic15_ema', data_roots[False], tmp_path)
    # The option for gradient clipping is that of docs/configs.md.
    config.merge_from_dict({'optim_wrapper.clip_grad.max_norm': 5, 'train_cfg.max_epochs': 2})
    runner = Runner.from_cfg(config)
    runner.train()
    assert runner.optim_wrapper.clip_grad_kwargs == dict(max_norm=5)
    assert runner.message_hub.get_scalar('train/grad_norm').current() > 0
    saved = torch.load(tmp_path / 'epoch_2.pth', weights_only=True)
    for name in ('det_head.binarize.0.weight', 'backbone.bn1.running_mean'):  # a parameter, and a statistic
        assert not torch.equal(saved['state_dict'][name], saved['ema_state_dict'][f'module.{name}'])


def test_run_of_the_synthtext_stage(data_roots, tmp_path):
    config = runnable('dbnet_r18_synthtext', data_roots[False], tmp_path)
    config.merge_from_dict({'train_cfg.max_iters': 3, 'param_scheduler.0.end': 3,
                            'default_hooks.checkpoint.interval': 3, 'default_hooks.logger.interval': 1})
    runner = Runner.from_cfg(config)
    runner.train()
    assert (tmp_path / 'iter_3.pth').is_file()
    rates = runner.message_hub.get_scalar('train/lr').data[0]
    np.testing.assert_allclose(rates, [0.007, 0.007 * 0.5 ** 0.9, 1e-7], rtol=1e-3)  # polynomial decay by iteration


def test_mmocr_is_compared_under_equal_conditions():
    ours = load('dbnetpp_r18_synth')
    theirs = Config.fromfile(ROOT / 'configs' / 'synthetic' / 'mmocr_dbnetpp_r18_synth.py')
    for key in ('train_cfg', 'param_scheduler', 'default_hooks', 'val_evaluator', 'randomness'):
        assert theirs[key] == ours[key], key
    assert theirs.optim_wrapper == {**ours.optim_wrapper, 'type': 'OptimWrapper'}
    assert theirs.train_dataloader.batch_size == ours.train_dataloader.batch_size
    sizes = {step['type']: step.get('size', step.get('scale')) for loader in (theirs, ours)
             for step in loader.train_dataloader.dataset.pipeline}
    assert sizes['Resize'] == sizes['Pad'] == sizes['DBTextAugment']
    assert theirs.val_dataloader.dataset.pipeline[1].scale == ours.val_dataloader.dataset.pipeline[1].scale
    model = MODELS.build(theirs.model)
    assert all('mmocr.' in type(part).__module__ for part in (
        model.neck, model.det_head, model.det_head.module_loss, model.det_head.postprocessor, model.data_preprocessor))
    assert model.backbone.depth == ours.model.backbone.depth


@pytest.mark.parametrize(('name', 'options', 'expected'), [
    ('dbnetpp_r18_ic15', {'predict_from': 'binary'}, 2),
    ('dbnetpp_r18_ic15', {}, 3),
])
def test_option_for_the_map_that_text_is_found_in(name, options, expected):
    config = copy.deepcopy(load(name))
    config.merge_from_dict({f'model.det_head.{key}': value for key, value in options.items()})
    head = MODELS.build(config.model.det_head).eval()
    features = torch.randn(1, 256, 4, 4, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(head(features), head(features, mode='both')[expected])


@pytest.mark.parametrize('file', FILES, ids=lambda file: file.stem)
def test_the_learning_rate_is_made_for_the_batch_of_the_config(file):
    """So that --auto-scale-lr changes nothing on one device, and scales from there on others."""
    config = Config.fromfile(file)
    assert config.auto_scale_lr.base_batch_size == config.train_dataloader.batch_size


@pytest.mark.parametrize('name', NAMES)
def test_test_time_augmentation_begins_and_ends_as_the_test_pipeline_does(name):
    config = load(name)
    *prepared, views = config.tta_pipeline
    tested = config.test_dataloader.dataset.pipeline
    assert [*prepared, *(step for steps in views.transforms[1:] for step in steps)] == [
        *tested[:-1], dict(tested[-1], meta_keys=(*tested[-1].meta_keys, 'flip', 'flip_direction'))]
    assert views.transforms[0] == [dict(type='RandomFlip', prob=0.0), dict(type='RandomFlip', prob=1.0)]
    assert config.tta_model == dict(type='DBNetPPTTAModel')
