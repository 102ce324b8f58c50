"""The configs that the pages show are configs that work."""

import re
from pathlib import Path

import pytest
from mmengine.config import Config
from mmocr.registry import DATASETS
from prepare_samples import save_image, save_text

from dbnetpp_plugin.apis import TextDetector
from dbnetpp_plugin.datasets.preparers import PREPARERS
from dbnetpp_plugin.datasets.preparers.custom import Source, prepare

ROOT = Path(__file__).parents[2]
DOCS = ROOT / 'docs' / 'datasets'


def config_of(page, file):
    """The Python of a page, as a config in a folder of its own."""
    code, = re.findall(r'```python\n(.*?)```', (DOCS / page).read_text(), re.DOTALL)
    file.write_text(re.sub(r"_base_ = \['", f"_base_ = ['{ROOT}/configs/", code))
    return Config.fromfile(file)


def test_custom_data_set(tmp_path, monkeypatch):
    for name in 'abcde':
        save_image(tmp_path / 'photos' / f'{name}.jpg', (64, 48))
        save_text(tmp_path / 'photos' / f'{name}.txt', '1,2,40,2,40,20,1,20,word')
    prepare(Source(tmp_path / 'photos'), tmp_path / 'data/mine', 'icdar')
    monkeypatch.chdir(tmp_path)
    config = config_of('custom.md', tmp_path / 'mine.py')
    for loader, count in ((config.train_dataloader, 4), (config.val_dataloader, 1), (config.test_dataloader, 1)):
        dataset = DATASETS.build(loader.dataset)
        assert len(dataset) == count
        assert set(dataset[0]) == {'inputs', 'data_samples'}
    assert config.train_cfg.max_iters == config.param_scheduler[-1].end == 1650
    assert config.model.init_cfg.checkpoint == 'ppocr://PP-OCRv6_small_det'


def test_msra_td500_and_hust_tr400_together(tmp_path, monkeypatch):
    for folder in ('td/train', 'td/test', 'tr'):
        save_image(tmp_path / folder / 'IMG_1.JPG', (64, 48))
        save_text(tmp_path / folder / 'IMG_1.gt', '0 0 5 5 30 8 0.1')
    PREPARERS['msra_td500'](tmp_path / 'td', tmp_path / 'data/msra_td500')
    PREPARERS['hust_tr400'](tmp_path / 'tr', tmp_path / 'data/hust_tr400')
    monkeypatch.chdir(tmp_path)
    config = Config.fromfile(ROOT / 'configs' / '_base_' / 'datasets' / 'msra_td500_tr400.py')
    dataset = DATASETS.build(config.train_dataloader.dataset)
    assert [Path(dataset.get_data_info(i)['img_path']).parts[-4] for i in range(2)] == ['msra_td500', 'hust_tr400']
    assert all('gt_db_maps' in dataset[i]['data_samples'] for i in range(2))


@pytest.mark.parametrize('name', [*sorted(PREPARERS), 'custom'])
def test_page_shows_the_command(name):
    assert f'dbnetpp prepare {name} ' in (DOCS / f'{name}.md').read_text()
    assert f'({name}.md)' in (DOCS / 'README.md').read_text()


def test_custom_photographs_are_upright_from_the_camera_to_the_detector(tmp_path, monkeypatch):
    """Prepared, tested and detected the same way up."""
    save_image(tmp_path / 'photos' / 'a.jpg', (64, 48), 6)
    save_text(tmp_path / 'photos' / 'a.txt', '1,2,40,2,40,20,1,20,word')
    prepare(Source(tmp_path / 'photos'), tmp_path / 'data/mine', 'icdar', test=Source(tmp_path / 'photos'))
    monkeypatch.chdir(tmp_path)
    config = config_of('custom.md', tmp_path / 'mine.py')
    for loader in (config.val_dataloader, config.test_dataloader):
        sample = DATASETS.build(loader.dataset)[0]['data_samples']
        assert sample.ori_shape == (64, 48)
    detector = TextDetector(config, device='cpu')
    assert detector.read(tmp_path / 'photos' / 'a.jpg').shape[:2] == (64, 48)
