"""The level of OpenCV's messages, where OpenCV 4 and OpenCV 5 have it."""

from types import SimpleNamespace

import pytest

from dbnetpp_plugin.compat import opencv


@pytest.mark.parametrize('version', [4, 5])
def test_messages_are_off_meanwhile(monkeypatch, version):
    levels = [3]
    home = SimpleNamespace(getLogLevel=lambda: levels[-1], setLogLevel=levels.append)
    monkeypatch.setattr(opencv, 'cv2', home if version == 4 else SimpleNamespace(utils=SimpleNamespace(logging=home)))
    with opencv.silent_opencv():
        assert levels == [3, 0]
    assert levels == [3, 0, 3]
