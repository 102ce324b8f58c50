"""How config files build on each other."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from mmengine.config import Config

CONFIGS = Path(__file__).parents[2] / 'configs'
FILES = sorted(file for file in CONFIGS.rglob('*.py') if '_base_' not in file.relative_to(CONFIGS).parts)
ABLATIONS = ('_no_db', '_no_thr_sup', '_scale_channel', '_scale_spatial')
MOST = 3  # files from a config to the last of its bases


def bases(file: Path) -> list[Path]:
    """Files of this project that a file names as its bases."""
    code = re.search(r"^_base_ = ('.+?'|\[.+?\])$", file.read_text(), re.DOTALL | re.MULTILINE)
    names = re.findall(r"'(.+?)'", code[1]) if code else []
    return [(file.parent / name).resolve() for name in names if '::' not in name]


def chains(file: Path) -> Iterator[tuple[Path, ...]]:
    """From a file to each of the files without bases that it is built on."""
    below = bases(file)
    if not below:
        yield (file,)
    for base in below:
        yield from ((file, *chain) for chain in chains(base))


def named(file: Path) -> str:
    return str(file.relative_to(CONFIGS))


@pytest.mark.parametrize('file', FILES, ids=named)
def test_no_config_is_more_than_three_files_deep(file):
    longest = max(chains(file), key=len)
    assert len(longest) <= MOST, [named(step) for step in longest]
    assert len(longest) > 1, 'it has no bases'


@pytest.mark.parametrize('file', FILES, ids=named)
def test_dbnet_is_not_a_dbnetpp_with_something_taken_away(file):
    if file.name.startswith('dbnet_'):
        assert not [named(step) for chain in chains(file) for step in chain if step.name.startswith('dbnetpp_')]


@pytest.mark.parametrize('file', FILES, ids=named)
def test_detectors_take_evaluators_and_pipelines_from_their_bases(file):
    """The threshold is that of a file in _base_/evaluation; pipelines are put together from named steps."""
    code = file.read_text()
    if 'dbnet' in file.name:
        assert not re.search('TextDetHmeanMetric|HmeanIOUMetric', code)
    assert not re.search(r'(pipeline|param_scheduler)\[\d+\]', code)


def test_every_base_is_used():
    used = {step for file in FILES for chain in chains(file) for step in chain}
    unused = {named(file) for file in (CONFIGS / '_base_').rglob('*.py') if file not in used}
    assert not unused


def test_names_are_unique():
    """Since mim finds a config by its name in whatever folder."""
    names = [file.name for file in FILES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize('file', [file for file in FILES if file.stem.endswith(ABLATIONS)], ids=named)
def test_an_ablation_is_the_whole_config_but_for_its_model(file):
    suffix = next(suffix for suffix in ABLATIONS if file.stem.endswith(suffix))
    ablation = Config.fromfile(file).to_dict()
    whole = Config.fromfile(CONFIGS / f'{file.stem.removesuffix(suffix)}.py').to_dict()
    models = [ablation.pop('model'), whole.pop('model')]
    assert ablation == whole
    head = models[0]['det_head']
    if suffix == '_no_db':
        assert head.pop('with_threshold') is False
        assert head['module_loss'].pop('weight_prob') == 1.0
    elif suffix == '_no_thr_sup':
        assert head['module_loss'].pop('weight_thr') == 0
    else:
        assert models[0]['neck']['asf'].pop('attention') == suffix[1:]
        assert models[1]['neck']['asf'].pop('attention') == 'scale_channel_spatial'
    assert models[0] == models[1]


@pytest.mark.parametrize('model', ['dbnet', 'dbnetpp'])
def test_the_papers_recipe_is_the_official_one_but_for_loss_and_threshold(model):
    paper, official = (Config.fromfile(CONFIGS / f'{model}_r50_dcnv2_ic15{suffix}.py').to_dict()
                       for suffix in ('_paper', ''))
    assert paper['model']['det_head']['module_loss'].pop('weighting') == 'paper'
    assert paper['model']['det_head']['postprocessor'].pop('mask_thr') == 0.2
    assert official['model']['det_head']['postprocessor'].pop('mask_thr') == 0.3
    assert paper == official


def test_reading_takes_the_published_detector_with_a_lower_score():
    reading, published = (Config.fromfile(CONFIGS / f'dbnet_pplcnetv4s_ppocrv6{suffix}.py').to_dict()
                          for suffix in ('_reading', ''))
    scores = [config['model']['det_head']['postprocessor'].pop('min_text_score') for config in (reading, published)]
    assert scores == [0.6, 0.8]
    assert reading == published


@pytest.mark.parametrize('data', ['ic15', 'td500'])
def test_fine_tuning_with_and_without_fusion_is_the_same_training(data):
    plain, fused = (Config.fromfile(CONFIGS / f'{model}_pplcnetv4s_{data}.py').to_dict()
                    for model in ('dbnet', 'dbnetpp'))
    assert plain['model']['neck'].pop('asf') is None
    assert fused['model']['neck'].pop('asf')['identity'] is True
    assert plain == fused


def test_another_size_as_the_page_shows_it(tmp_path):
    page = (CONFIGS.parent / 'docs' / 'configs.md').read_text()
    code = re.search(r'```python\n(custom_imports.+?)```', page, re.DOTALL)[1]
    file = tmp_path / 'mine.py'
    file.write_text(code.replace("_base_ = '", f"_base_ = '{CONFIGS}/"))
    config = Config.fromfile(file)
    whole = Config.fromfile(CONFIGS / 'dbnetpp_r18_dcnv2_td500.py')
    for found, before in ((config.tta_pipeline, whole.tta_pipeline), *(
            (config[loader].dataset.pipeline, whole[loader].dataset.pipeline)
            for loader in ('val_dataloader', 'test_dataloader'))):
        assert found[1].scale == (4096, 512)
        found[1].scale = (4096, 736)
        assert found == before
