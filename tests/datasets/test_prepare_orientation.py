"""Which way up an image was when its text was outlined."""

import pytest

from dbnetpp_plugin.annotations.mmocr_json import make_instance
from dbnetpp_plugin.datasets.preparers.orientation import is_outlined_upright
from dbnetpp_plugin.images.header import Header

# 400 x 300 as stored, 300 x 400 as shown.
HEADER = Header(400, 300, 6)


def text(right, bottom):
    return make_instance([0, 0, right, 0, right, bottom])


def outlined_upright(*instances, size=None, otherwise=False, header=HEADER):
    return is_outlined_upright(header, instances, size, otherwise, 'a.jpg')


@pytest.mark.parametrize('otherwise', [False, True])
class TestWhateverIsUsual:
    def test_size_decides(self, otherwise):
        assert outlined_upright(size=(300, 400), otherwise=otherwise)
        assert not outlined_upright(size=(400, 300), otherwise=otherwise)

    def test_size_counts_more_than_outlines(self, otherwise):
        assert outlined_upright(text(390, 100), size=(300, 400), otherwise=otherwise)

    def test_outlines_that_fit_one_way_only_decide(self, otherwise):
        assert outlined_upright(text(10, 10), text(290, 390), otherwise=otherwise)
        assert not outlined_upright(text(10, 10), text(390, 290), otherwise=otherwise)

    def test_nothing_to_decide_by(self, otherwise):
        assert outlined_upright(otherwise=otherwise) == otherwise
        assert outlined_upright(text(290, 290), otherwise=otherwise) == otherwise

    def test_outlines_that_fit_neither_way(self, otherwise):
        assert outlined_upright(text(390, 390), otherwise=otherwise) == otherwise

    def test_turned_upside_down_nothing_tells(self, otherwise):
        assert outlined_upright(text(390, 290), header=Header(400, 300, 3), otherwise=otherwise) == otherwise
        assert outlined_upright(size=(400, 300), header=Header(400, 300, 3), otherwise=otherwise) == otherwise


@pytest.mark.parametrize(('right', 'bottom', 'expected'), [
    (0, 320, False),  # 20 of 400 pixels out of the image as stored
    (0, 321, True),
    (320, 321, True),  # and 20 out of the image as shown
    (321, 321, False),
])
def test_outlines_may_leave_the_image_by_a_twentieth(right, bottom, expected):
    assert outlined_upright(text(right, bottom)) is expected


@pytest.mark.parametrize('orientation', [1, 3, 6])
def test_annotation_of_another_size(orientation):
    with pytest.raises(ValueError, match=r'^a\.jpg is 400 x 300 pixels, but .* is for an image of 200 x 150'):
        outlined_upright(size=(200, 150), header=Header(400, 300, orientation))
