"""A download that fails says what to do."""

from urllib.error import HTTPError, URLError

import pytest
from mmengine.runner.checkpoint import CheckpointLoader

from dbnetpp_plugin.compat.downloads import explain_failed_downloads


@pytest.fixture
def failing(monkeypatch):
    """Let every download of an address end in an error."""
    def install(address, error):
        def refuse(filename, map_location=None):
            raise error

        monkeypatch.setitem(CheckpointLoader._schemes, address.split('//')[0] + '//', refuse)
        explain_failed_downloads()

    return install


@pytest.mark.parametrize('error', [
    URLError('no network'), HTTPError('https://example.org/a.pth', 404, 'no network', None, None),
    ConnectionRefusedError('no network'), TimeoutError('no network')])
@pytest.mark.parametrize('address', ['torchvision://resnet18', 'https://example.org/a.pth', 'open-mmlab://resnet18'])
def test_failed_download_names_the_file_and_the_switch_in_an_error_of_the_same_class(failing, address, error):
    failing(address, error)
    with pytest.raises(type(error), match=rf'{address} could not be downloaded.*no network.*init_cfg=None') as raised:
        CheckpointLoader.load_checkpoint(address)
    assert type(raised.value) is type(error)
    assert raised.value.__cause__ is error
    assert getattr(raised.value, 'code', None) == getattr(error, 'code', None)


def test_other_errors_pass(failing):
    error = ValueError('no checkpoint')
    failing('https://example.org/a.pth', error)
    with pytest.raises(ValueError, match=r'^no checkpoint$') as raised:
        CheckpointLoader.load_checkpoint('https://example.org/a.pth')
    assert raised.value is error


def test_wrapping_again_changes_nothing():
    before = dict(CheckpointLoader._schemes)
    explain_failed_downloads()
    assert CheckpointLoader._schemes == before


def test_missing_local_file_is_named():
    with pytest.raises(FileNotFoundError, match=r'no/such/file\.pth'):
        CheckpointLoader.load_checkpoint('no/such/file.pth')
