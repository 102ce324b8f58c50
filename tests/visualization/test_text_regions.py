"""What is drawn where."""

import numpy as np
import pytest

from dbnetpp_plugin.apis import draw_text_regions

QUAD = np.array([[40, 50], [160, 50], [160, 90], [40, 90]], dtype=np.float32)
RED = (0, 0, 255)


def grey(shape: tuple[int, int] = (200, 300)) -> np.ndarray:
    return np.full((*shape, 3), 128, np.uint8)


def is_red(pixels: np.ndarray) -> np.ndarray:
    """Or nearly so, as thin lines are that do not lie on whole pixels."""
    return (np.abs(pixels - np.array(RED)) < 60).all(axis=-1)


def changed(image: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    return (image != drawn).any(axis=2)


def test_outline_and_nothing_else():
    drawn = draw_text_regions(grey(), [QUAD], color=RED)
    for x, y in ((40, 50), (100, 50), (160, 70), (100, 90), (40, 70)):
        assert is_red(drawn[y, x])
    rows, columns = np.nonzero(changed(grey(), drawn))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == pytest.approx((50, 90, 40, 160), abs=3)
    assert not changed(grey(), drawn)[55:86, 45:156].any()  # the text stays as it is


def test_score_is_written_above():
    without = draw_text_regions(grey(), [QUAD], color=RED)
    with_score = draw_text_regions(grey(), [QUAD], [0.87], color=RED)
    rows, columns = np.nonzero(changed(without, with_score))
    assert rows.max() < 50
    assert 40 <= columns.min() < columns.max() < 100
    assert (with_score[rows.min():rows.max(), columns.min():columns.max()].sum(axis=2) < 60).any()  # black letters


@pytest.mark.parametrize('offset', [(-100, -100), (220, -100), (220, 160), (-100, 160), (5000, 5000), (-5000, 0)])
def test_score_stays_inside_the_image(offset):
    drawn = draw_text_regions(grey(), [QUAD + np.float32(offset)], [1.0], color=RED)
    label = (drawn == RED).all(axis=2).sum()
    inside = (draw_text_regions(grey(), [QUAD], [1.0], color=RED) == RED).all(axis=2).sum()
    outline = (draw_text_regions(grey(), [QUAD], color=RED) == RED).all(axis=2).sum()
    assert label > (inside - outline) * 0.8


def test_lines_grow_with_the_image():
    widths = []
    for size in (100, 1000, 4000):
        drawn = draw_text_regions(grey((size, size)), [QUAD / 200 * size], color=RED)
        widths.append(is_red(drawn[:, size // 2]).sum() / 2)  # the column crosses two lines
    assert widths[0] >= 1
    assert widths[0] < widths[1] < widths[2]


def test_rim_is_dark_so_that_lines_show_on_their_own_colour():
    image = np.full((200, 300, 3), RED, np.uint8)
    assert changed(image, draw_text_regions(image, [QUAD], color=RED)).any()


def test_given_image_stays_as_it_is():
    image = grey()
    image.setflags(write=False)
    drawn = draw_text_regions(image, [QUAD], [0.5])
    assert not np.shares_memory(image, drawn)
    np.testing.assert_array_equal(image, grey())


def test_nothing_to_draw():
    np.testing.assert_array_equal(draw_text_regions(grey(), [], []), grey())


def test_polygons_of_different_lengths():
    triangle = np.array([[200, 100], [250, 150], [200, 150]], dtype=np.float64)
    drawn = draw_text_regions(grey(), [QUAD, triangle], [0.5, 0.6], color=RED)
    assert is_red(drawn[50, 100])
    assert is_red(drawn[150, 225])


def test_views_are_drawn_too():
    drawn = draw_text_regions(np.ascontiguousarray(grey().transpose(2, 0, 1)).transpose(1, 2, 0), [QUAD], color=RED)
    assert is_red(drawn[50, 100])


def test_one_text_for_each():
    with pytest.raises(ValueError, match='each polygon needs one text, got 0 texts for 1 polygons'):
        draw_text_regions(grey(), [QUAD], texts=[])


def test_text_and_score_stand_above():
    scores, texts, both = (changed(grey(), draw_text_regions(grey(), [QUAD], **labels))[:46].any(axis=0).sum()
                           for labels in ({'scores': [0.5]}, {'texts': ['word']}, {'texts': ['word'], 'scores': [0.5]}))
    assert scores > 0 < texts
    assert both == scores + texts


@pytest.mark.parametrize('texts', [[''], None])
def test_nothing_to_write(texts):
    np.testing.assert_array_equal(draw_text_regions(grey(), [QUAD], texts=texts), draw_text_regions(grey(), [QUAD]))


def test_label_hides_no_other_text():
    """Close above, there is another word: the label is written below."""
    words = [QUAD - np.float32([0, 45]), QUAD]
    drawn = changed(draw_text_regions(grey(), words), draw_text_regions(grey(), words, texts=['', 'word']))
    rows, columns = np.nonzero(drawn)
    assert rows.min() > 90
    assert columns.min() == pytest.approx(40, abs=1)


def test_labels_do_not_hide_each_other():
    """Two words at the same place get labels at two places."""
    areas = [changed(grey(), draw_text_regions(grey(), [QUAD] * n, color=RED, texts=['word'] * n)).sum()
             - changed(grey(), draw_text_regions(grey(), [QUAD] * n, color=RED)).sum() for n in (1, 2)]
    assert areas[1] > 1.7 * areas[0]


@pytest.mark.parametrize('text', ['مرحبا', '北京', 'a\nb\t\x00', '\ud800', '😀', ' ', 'x' * 500])
def test_any_text_shows_and_fits(text):
    drawn = draw_text_regions(grey(), [QUAD], texts=[text])
    assert drawn.shape == grey().shape
    assert changed(drawn, draw_text_regions(grey(), [QUAD])).any()


def test_one_score_for_each():
    with pytest.raises(ValueError, match='each polygon needs one score, got 2 scores for 1 polygons'):
        draw_text_regions(grey(), [QUAD], [0.5, 0.6])


@pytest.mark.parametrize('convert', [
    lambda image: image[..., 0], lambda image: image[..., :1],
    lambda image: np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])], ids=['grey', 'one channel', 'BGRA'])
def test_images_of_other_channels_become_bgr(convert):
    given = convert(grey())
    before = given.copy()
    np.testing.assert_array_equal(
        draw_text_regions(given, [QUAD], [0.5], RED), draw_text_regions(grey(), [QUAD], [0.5], RED))
    np.testing.assert_array_equal(given, before)


@pytest.mark.parametrize('image', [np.zeros((4, 5, 2), np.uint8), np.zeros((4, 5, 3)), np.zeros((0, 5), np.uint8)])
def test_what_is_no_image_is_refused(image):
    with pytest.raises(ValueError, match=r'^the image is an array .*: an image is a path'):
        draw_text_regions(image, [QUAD])
