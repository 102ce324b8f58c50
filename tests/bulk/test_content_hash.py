"""Fingerprints are equal if and only if the things are."""

import hashlib

import pytest
from mmengine.config import Config

from dbnetpp_plugin.bulk.content_hash import of_config, of_names, of_weights


def test_config(tmp_path):
    (tmp_path / 'base.py').write_text("model = dict(type='A', depth=1)\n")
    (tmp_path / 'a.py').write_text("_base_ = 'base.py'\nlr = 2\n")
    (tmp_path / 'b.py').write_text("# the same\nlr = 1 + 1\nmodel = dict(depth=1, type='A')\n")
    first, second = (of_config(Config.fromfile(tmp_path / name)) for name in ('a.py', 'b.py'))
    assert first == second
    (tmp_path / 'base.py').write_text("model = dict(type='A', depth=2)\n")
    assert of_config(Config.fromfile(tmp_path / 'a.py')) != first


def test_weights(tmp_path):
    (tmp_path / 'a.pth').write_bytes(b'x' * (2**20 + 1))
    assert of_weights(tmp_path / 'a.pth') == hashlib.sha256(b'x' * (2**20 + 1)).hexdigest()[:16]
    assert of_weights('https://example.org/a.pth') == 'https://example.org/a.pth'
    with pytest.raises(FileNotFoundError, match='there is no weights file nowhere'):
        of_weights('nowhere.pth')


def test_names():
    assert of_names([]).startswith('0 ')
    assert of_names(['a', 'b']).startswith('2 ')
    lists = [['a', 'b'], ['b', 'a'], ['ab'], ['a'], ['a\nb'], ['a', 'b', 'b'], ['\udcff'], []]
    assert len({of_names(names) for names in lists}) == len(lists)
