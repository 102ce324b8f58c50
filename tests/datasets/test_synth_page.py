"""Synthetic pages: what is drawn is what is annotated."""

import cv2
import numpy as np
import pytest
from shapely import Polygon

from dbnetpp_plugin.datasets.synth import find_fonts, find_photographs, render_page
from dbnetpp_plugin.datasets.synth.blocks import draw_block
from dbnetpp_plugin.datasets.synth.effects import (
    photographed,
    random_ground,
    random_part,
    random_shape,
    random_surface,
    recoloured,
    with_clutter,
)
from dbnetpp_plugin.datasets.synth.fonts import load_font
from dbnetpp_plugin.datasets.synth.page import (
    LEGIBLE_SIDE,
    PlacedBlock,
    band_width,
    block_instances,
    filled,
    page_box,
    place_block,
    random_block,
)
from dbnetpp_plugin.datasets.synth.paint import Style, contrasting_colour, ink_layers, lay_over, luminance
from dbnetpp_plugin.datasets.synth.warps import Arc, Perspective, translation

SIZE = (320, 240)
FONTS = find_fonts()
PHOTOGRAPHS = find_photographs()


@pytest.fixture(scope='module')
def pages():
    return [render_page(np.random.default_rng((7, i)), FONTS, PHOTOGRAPHS['train'], SIZE) for i in range(60)]


def polygons(instances):
    return [Polygon(np.reshape(instance['polygon'], (-1, 2))) for instance in instances]


def test_pictures(pages):
    for image, _ in pages:
        assert (image.shape, image.dtype) == ((240, 320, 3), np.uint8)
    assert all(image.std() > 1 for image, _ in pages)


def test_outlines_lie_inside_and_apart(pages):
    for _, instances in pages:
        shapes = polygons(instances)
        for i, shape in enumerate(shapes):
            assert shape.is_valid
            x0, y0, x1, y1 = shape.bounds
            assert x0 >= 0
            assert y0 >= 0
            assert x1 <= SIZE[0] - 1
            assert y1 <= SIZE[1] - 1
            assert all(shape.intersection(other).area == 0 for other in shapes[:i])


def test_some_of_everything(pages):
    instances = [instance for _, found in pages for instance in found]
    counts = [len(instance['polygon']) // 2 for instance in instances]
    assert set(counts) == {4, 12}
    assert 0.05 < np.mean([count == 12 for count in counts]) < 0.4
    assert 1 <= sum(not found for _, found in pages) <= 15
    assert 0 < np.mean([instance['ignore'] for instance in instances]) < 0.5
    assert len({instance['text'] for instance in instances}) > 100


def test_ignored_words_have_no_transcription(pages):
    for _, instances in pages:
        for instance in instances:
            assert instance['ignore'] == (instance['text'] == '###')
            assert instance['ignore'] or band_width(np.reshape(instance['polygon'], (-1, 2))) > LEGIBLE_SIDE - 0.05


def test_same_state_gives_the_same_page():
    image, instances = render_page(np.random.default_rng(5), FONTS, PHOTOGRAPHS['test'], SIZE)
    again, same = render_page(np.random.default_rng(5), FONTS, PHOTOGRAPHS['test'], SIZE)
    np.testing.assert_array_equal(image, again)
    assert instances == same
    assert not np.array_equal(image, render_page(np.random.default_rng(6), FONTS, PHOTOGRAPHS['test'], SIZE)[0])


@pytest.mark.parametrize('size', [(128, 128), (128, 700), (701, 131)])
def test_other_sizes(size):
    for seed in range(3):
        image, _ = render_page(np.random.default_rng(seed), FONTS, PHOTOGRAPHS['test'], size)
        assert image.shape == (size[1], size[0], 3)


@pytest.mark.parametrize('size', [(127, 500), (500, 127)])
def test_too_small_a_page(size):
    with pytest.raises(ValueError, match=f'at least 128 pixels wide and high, got {size[0]} x {size[1]}'):
        render_page(np.random.default_rng(0), FONTS, PHOTOGRAPHS['test'], size)


def test_words_of_a_block_are_boxed_tightly():
    block = draw_block([['agile', 'X'], ['fjord']], load_font(FONTS[0], 30), edge=2)
    assert block.words == ('agile', 'X', 'fjord')
    rest = block.edged.copy()
    for x0, y0, x1, y1 in (np.array(box) + 0.5 for box in block.boxes):
        part = block.edged[int(y0):int(y1), int(x0):int(x1)]
        assert all(side.any() for side in (part[0], part[-1], part[:, 0], part[:, -1]))
        rest[int(y0):int(y1), int(x0):int(x1)] = 0
    assert not rest.any()
    assert (block.edged >= block.ink).all()
    assert block.edged.sum() > block.ink.sum() > 0
    assert block.boxes[0][2] < block.boxes[1][0]
    assert block.boxes[0][3] < block.boxes[2][1]


@pytest.mark.parametrize('font', FONTS)
def test_words_of_a_block_stay_apart_in_the_tightest_layout(font):
    lines = [['fly', 'Jj', 'f'], ['(Q)g', 'My']]
    block = draw_block(lines, load_font(font, 10), edge=1, line_gap=0.2, word_gap=0.3, centred=False)
    for i, (ax0, ay0, ax1, ay1) in enumerate(block.boxes):
        for bx0, by0, bx1, by1 in block.boxes[:i]:
            assert ax1 <= bx0 or bx1 <= ax0 or ay1 <= by0 or by1 <= ay0


def upright(block, legible=True):
    return PlacedBlock(block, Perspective(translation(10, 20)), legible, False)


def test_words_are_annotated_in_order():
    block = draw_block([['Open', 'daily']], load_font(FONTS[0], 30))
    first, second = block_instances(upright(block))
    assert (first['text'], second['text']) == ('Open', 'daily')
    left, top, right, bottom = block.boxes[0]
    assert first['polygon'] == [
        left + 10, top + 20, right + 10, top + 20, right + 10, bottom + 20, left + 10, bottom + 20]
    assert first['bbox'] == [left + 10, top + 20, right + 10, bottom + 20]


def test_illegible_words_are_ignored():
    block = draw_block([['Open']], load_font(FONTS[0], 30))
    hidden, = block_instances(upright(block, legible=False))
    assert (hidden['ignore'], hidden['text']) == (True, '###')


def test_words_too_small_to_read_are_ignored():
    words = [['MMM', 'xxx']]
    small, = {instance['text'] for instance in block_instances(upright(draw_block(words, load_font(FONTS[0], 9))))}
    assert small == '###'
    # Capitals are 0.73 of the size high, small letters without strokes 0.55.
    capitals, letters = block_instances(upright(draw_block(words, load_font(FONTS[0], 12))))
    assert (capitals['text'], letters['text']) == ('MMM', '###')


@pytest.mark.parametrize(('width', 'height'), [(40, 9), (9, 40), (12, 12)])
def test_width_of_a_straight_band(width, height):
    box = np.array([[0, 0], [width, 0], [width, height], [0, height]])
    assert band_width(box) == pytest.approx(min(width, height), abs=1e-3)


def test_width_of_a_bent_band():
    arc = Arc(radius=60.0, bend=1, lean=0.3, middle=(0.0, 0.0))
    assert band_width(arc.outline((-60, -5, 60, 5))) == pytest.approx(10, rel=0.03)


def test_blocks_are_placed_where_nothing_is():
    rng = np.random.default_rng(0)
    taken = np.zeros((240, 320), np.uint8)
    taken[:, :160] = 1
    places = 0
    for _ in range(60):
        placed = place_block(rng, random_block(rng, FONTS, 14), taken)
        if placed is not None:
            places += 1
            outline = placed.warp.outline(placed.block.canvas_box)
            assert (outline >= -1e-6).all()
            assert (outline <= np.array([319, 239]) + 1e-6).all()
            assert not (filled(outline, SIZE) & taken).any()
    assert places > 10


def test_block_larger_than_the_page_finds_no_place():
    rng = np.random.default_rng(0)
    assert place_block(rng, random_block(rng, FONTS, 200), np.zeros((240, 320), np.uint8)) is None


def test_page_box_holds_the_outline():
    assert page_box(np.array([[1.2, 3.0], [7.9, 3.5], [4.0, 9.0]]), SIZE) == (1, 3, 9, 10)
    assert page_box(np.array([[-4.0, -1.0], [330.0, 3.5], [4.0, 300.0]]), SIZE) == (0, 0, 320, 240)


def test_colour_laid_over_by_hand():
    image = np.full((4, 5, 3), 100, np.uint8)
    cover = np.array([[0.0, 0.5], [1.0, 0.25]])
    result = lay_over(image, np.array([200.0, 100.0, 0.0]), cover, (1, 2, 3, 4))
    expected = image.copy()
    expected[2:4, 1:3] = [[[100, 100, 100], [150, 100, 50]], [[200, 100, 0], [125, 100, 75]]]
    np.testing.assert_array_equal(result, expected)
    assert (image == 100).all()


@pytest.mark.parametrize('ground', [0.0, 60.0, 127.0, 200.0, 255.0])
@pytest.mark.parametrize('contrast', [35.0, 110.0])
def test_colours_contrast_with_the_ground(ground, contrast):
    rng = np.random.default_rng(0)
    for _ in range(50):
        assert abs(luminance(contrasting_colour(rng, ground, contrast)) - ground) >= contrast


def test_layers_of_ink_from_the_lowest_up():
    ink, edged = np.zeros((9, 9), np.uint8), np.zeros((9, 9), np.uint8)
    ink[4, 4], edged[3:6, 3:6] = 255, 255
    red, blue = np.array([0.0, 0.0, 255.0]), np.array([255.0, 0.0, 0.0])
    (plain,) = ink_layers(ink, edged, Style(red, opacity=0.5))
    np.testing.assert_array_equal(plain[1], 0.5 * (ink / 255).astype(np.float32))
    shadow, edge, letters = ink_layers(ink, edged, Style(red, edge_colour=blue, shadow=2))
    assert (edge[0] is blue, letters[0] is red) == (True, True)
    np.testing.assert_array_equal(edge[1] > 0, edged > 0)
    assert np.unravel_index(shadow[1].argmax(), (9, 9)) == (6, 6)
    (soft,) = ink_layers(ink, edged, Style(red, blur=1.0))
    assert 0 < soft[1].max() < 0.5


@pytest.mark.parametrize('make', [
    lambda rng: random_ground(rng, PHOTOGRAPHS['train'], SIZE),
    lambda rng: random_part(rng, PHOTOGRAPHS['train'], SIZE),
    lambda rng: random_surface(rng, SIZE),
    lambda rng: with_clutter(rng, np.full((240, 320, 3), 90, np.uint8)),
    lambda rng: photographed(rng, np.full((240, 320, 3), 90, np.uint8)),
    lambda rng: recoloured(rng, np.full((240, 320, 3), 90, np.uint8)),
    lambda rng: recoloured(rng, np.full((240, 320, 3), (9, 90, 200), np.uint8)),
])
def test_pictures_are_of_the_size_asked_for(make):
    for seed in range(15):
        image = make(np.random.default_rng(seed))
        assert (image.shape, image.dtype) == ((240, 320, 3), np.uint8)


def test_no_function_changes_the_picture_it_is_given():
    image = np.random.default_rng(0).integers(0, 256, (240, 320, 3), np.uint8)
    image.flags.writeable = False
    for seed in range(15):
        for make in (with_clutter, photographed, recoloured):
            make(np.random.default_rng(seed), image)


def test_clutter_has_every_shape():
    areas = [(random_shape(np.random.default_rng(seed), SIZE) > 0).mean() for seed in range(40)]
    assert max(areas) < 0.9
    assert sum(area > 0 for area in areas) > 30


def test_ink_is_inside_the_outlines_of_a_page():
    # On a black page, all that is written must lie inside the outlines of the words.
    rng = np.random.default_rng(1)
    for _ in range(12):
        placed = place_block(rng, random_block(rng, FONTS, 20), np.zeros((240, 320), np.uint8))
        if placed is None:
            continue
        written = placed.warp.render(placed.block.edged, (0, 0, *SIZE)) > 127
        allowed = np.zeros((240, 320), np.uint8)
        for instance in block_instances(placed):
            points = np.reshape(instance['polygon'], (-1, 2)).round().astype(np.int32)
            cv2.polylines(cv2.fillPoly(allowed, [points], 1), [points], True, 1, 2)
        assert not (written & (allowed == 0)).any()
        assert written.any()
