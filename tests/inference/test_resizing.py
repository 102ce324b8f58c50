"""The size at which a test pipeline looks at an image."""

import pytest

from dbnetpp_plugin.inference.resizing import with_size

STEPS = [dict(type='mmocr.Resize', scale=(4096, 736), keep_ratio=True), dict(type='PackTextDetInputs')]


@pytest.mark.parametrize(('arguments', 'scale'), [
    (dict(), (4096, 736)),
    (dict(size=960), (4096, 960)),
    (dict(size=5000), (5000, 5000)),
    (dict(max_size=1280), (1280, 736)),
    (dict(max_size=640), (640, 640)),
    (dict(size=960, max_size=1600), (1600, 960)),
    (dict(zoom=2), (8192, 1472)),
    (dict(size=100, zoom=1.5), (6144, 150)),
])
def test_scale(arguments, scale):
    first, *others = with_size(STEPS, **arguments)
    assert first == {**STEPS[0], 'scale': scale}
    assert others == STEPS[1:]
    assert STEPS[0]['scale'] == (4096, 736)


@pytest.mark.parametrize('steps', [[], [dict(type='Resize', scale_factor=2.0)],
                                   [dict(type='Resize', scale=(640, 640), keep_ratio=False)]])
def test_pipelines_whose_size_cannot_be_changed(steps):
    assert with_size(steps) == steps
    with pytest.raises(ValueError, match='the test pipeline has no Resize with a scale and keep_ratio=True'):
        with_size(steps, 736)


@pytest.mark.parametrize('arguments', [dict(size=0), dict(max_size=-1)])
def test_sizes_that_are_none(arguments):
    with pytest.raises(ValueError, match='is a positive number of pixels, got'):
        with_size(STEPS, **arguments)
