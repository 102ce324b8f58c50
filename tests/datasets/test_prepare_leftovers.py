"""What earlier runs left in a data root."""

import os

import pytest
from prepare_samples import save_image, save_text

from dbnetpp_plugin.annotations.mmocr_json import make_instance, read_annotations
from dbnetpp_plugin.datasets.preparers import PREPARERS
from dbnetpp_plugin.datasets.preparers.custom import Source, prepare
from dbnetpp_plugin.datasets.preparers.writing import Sample, write_split

LINE = '1,2,11,2,11,8,1,8,word'


def raw(folder, names='abcdefghij'):
    for number, name in enumerate(names):
        save_image(folder / f'{name}.jpg', (30 + number, 16))
        save_text(folder / f'{name}.txt', LINE)
    return Source(folder)


def placed(out):
    return {place.name: sorted(os.listdir(place)) for place in (out / 'textdet_imgs').iterdir() if any(place.iterdir())}


def named(out):
    return {file.stem.removeprefix('textdet_'): [entry['img_path'].split('/')[-1] for entry in
                                                 read_annotations(file)['data_list']] for file in out.glob('*.json')}


@pytest.mark.parametrize('link', [True, False])
def test_test_file_whose_images_are_now_in_train(tmp_path, log, link, monkeypatch):
    if not link:
        monkeypatch.setattr(os, 'link', lambda *_: (_ for _ in ()).throw(OSError('no links')))
    source, out = raw(tmp_path / 'raw'), tmp_path / 'out'
    prepare(source, out, 'icdar', test_share=0.3)
    assert set(named(out)) == {'train', 'test'}
    prepare(source, out, 'icdar', test_share=0)
    assert named(out) == {'train': [f'{name}.jpg' for name in 'abcdefghij']}
    assert placed(out) == named(out)
    warning, = (message for message in log if 'WARNING' in message)
    assert warning.startswith(f'WARNING: {out}/textdet_test.json was left by an earlier run, and 3 of its images are '
                              'now in train, so it is removed: textdet_imgs/test/')


def test_images_that_changed_sides_are_in_one_place(tmp_path):
    source, out = raw(tmp_path / 'raw'), tmp_path / 'out'
    for seed in range(4):
        prepare(source, out, 'icdar', test_share=0.3, seed=seed)
        assert placed(out) == named(out)
    assert sorted(os.listdir(tmp_path / 'raw')) == sorted(f'{name}{suffix}' for name in 'abcdefghij'
                                                          for suffix in ('.jpg', '.txt'))


def test_originals_inside_the_data_root_stay(tmp_path):
    out = tmp_path / 'out'
    source = raw(out / 'textdet_imgs/test')
    prepare(source, out, 'icdar', test_share=0)
    assert len(placed(out)['test']) == 20
    assert len(placed(out)['train']) == 10


def test_file_of_other_images_is_told_of_and_stays(tmp_path, log):
    save_image(tmp_path / 'other/a.jpg', (50, 40))
    write_split(tmp_path / 'out', 'test', [Sample(tmp_path / 'other/a.jpg', 'test/a.jpg', [make_instance([0] * 6)])])
    prepare(raw(tmp_path / 'raw', 'ab'), tmp_path / 'out', 'icdar', test_share=0)
    assert f'WARNING: {tmp_path}/out/textdet_test.json was left by an earlier run, and stays as it was' in log
    assert named(tmp_path / 'out')['test'] == ['a.jpg']


def test_file_of_another_data_set_is_told_of(tmp_path, log):
    prepare(raw(tmp_path / 'raw'), tmp_path / 'out', 'icdar')
    save_image(tmp_path / 'tr/IMG_1.jpg', (64, 48))
    save_text(tmp_path / 'tr/IMG_1.gt', '0 0 5 5 30 8 0.1 text')
    PREPARERS['hust_tr400'](tmp_path / 'tr', tmp_path / 'out')
    assert any('textdet_test.json was left by an earlier run, and stays as it was' in message for message in log)


def test_run_that_fails_halfway_leaves_no_image_in_both(tmp_path):
    source, out = raw(tmp_path / 'raw'), tmp_path / 'out'
    prepare(source, out, 'icdar', test_share=0.3)
    save_text(tmp_path / 'bad/z.jpg', b'broken')
    save_text(tmp_path / 'bad/z.txt', LINE)
    with pytest.raises(ValueError, match='test: there is no image to write'):
        prepare(source, out, 'icdar', test=Source(tmp_path / 'bad'))
    assert set(named(out)) == {'train'}
    assert len(named(out)['train']) == 10


def test_prepared_images_inside_the_folder_of_images_are_not_read_again(tmp_path):
    source = raw(tmp_path, 'ab')
    for _ in range(2):
        assert prepare(source, tmp_path / 'out', 'icdar', test_share=0)['train'].images == 2
    assert prepare(source, tmp_path, 'icdar', test_share=0)['train'].images == 2
    assert prepare(source, tmp_path, 'icdar', test_share=0)['train'].images == 2
