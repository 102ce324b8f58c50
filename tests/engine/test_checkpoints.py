"""A download that fails says what to do."""

import urllib.error

import pytest
from mmengine.runner.checkpoint import CheckpointLoader

from dbnetpp_plugin.engine import explain_failed_downloads


@pytest.mark.parametrize('address', ['torchvision://resnet18', 'https://example.org/a.pth', 'open-mmlab://resnet18'])
def test_failed_download_names_the_file_and_the_switch(monkeypatch, address):
    def refuse(filename, map_location=None):
        raise urllib.error.URLError('no network')

    scheme = address.split('//')[0] + '//'
    monkeypatch.setitem(CheckpointLoader._schemes, scheme, refuse)
    explain_failed_downloads()
    with pytest.raises(ConnectionError, match=rf'{address} could not be downloaded.*no network.*init_cfg=None'):
        CheckpointLoader.load_checkpoint(address)


def test_wrapping_again_changes_nothing():
    before = dict(CheckpointLoader._schemes)
    explain_failed_downloads()
    assert CheckpointLoader._schemes == before


def test_missing_local_file_is_named():
    with pytest.raises(FileNotFoundError, match=r'no/such/file\.pth'):
        CheckpointLoader.load_checkpoint('no/such/file.pth')
