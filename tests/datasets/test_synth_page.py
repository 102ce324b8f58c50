"""Synthetic pages: what is drawn is what is annotated."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from shapely import Polygon

from dbnetpp_plugin.datasets.synth import PLAIN, RICH, find_fonts, find_photographs, render_page
from dbnetpp_plugin.datasets.synth.blocks import draw_block
from dbnetpp_plugin.datasets.synth.faces import Face
from dbnetpp_plugin.datasets.synth.fonts import load_font
from dbnetpp_plugin.datasets.synth.page import (
    LEGIBLE_SIDE,
    PlacedBlock,
    block_instances,
    filled,
    page_box,
    place_block,
    place_blocks,
    random_block,
)
from dbnetpp_plugin.datasets.synth.vocabulary import Vocabulary
from dbnetpp_plugin.datasets.synth.warps import Perspective, translation
from dbnetpp_plugin.geometry.polygons import strip_height

SIZE = (320, 240)
FONTS = find_fonts()
PHOTOGRAPHS = find_photographs()


@pytest.fixture(scope='module')
def plain_pages():
    return some_pages(PLAIN)


@pytest.fixture(scope='module', params=['plain', 'rich', 'rich lines'])
def pages(request, plain_pages):
    if request.param == 'plain':
        return plain_pages
    return some_pages(RICH, 'line' if 'lines' in request.param else 'word')


def some_pages(options, level='word'):
    return [render_page(np.random.default_rng((7, i)), FONTS, PHOTOGRAPHS['train'], SIZE, options, level=level)
            for i in range(60)]


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


def test_some_of_everything(plain_pages):
    pages = plain_pages
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
            assert instance['ignore'] or strip_height(np.reshape(instance['polygon'], (-1, 2))) > LEGIBLE_SIDE - 0.05


def test_same_state_gives_the_same_page():
    image, instances = render_page(np.random.default_rng(5), FONTS, PHOTOGRAPHS['test'], SIZE)
    again, same = render_page(np.random.default_rng(5), FONTS, PHOTOGRAPHS['test'], SIZE)
    np.testing.assert_array_equal(image, again)
    assert instances == same
    assert not np.array_equal(image, render_page(np.random.default_rng(6), FONTS, PHOTOGRAPHS['test'], SIZE)[0])


def test_level_changes_the_annotation_alone():
    for seed in range(8):
        (image, words), (same, lines) = (
            render_page(np.random.default_rng(seed), FONTS, PHOTOGRAPHS['test'], SIZE, level=level)
            for level in ('word', 'line'))
        np.testing.assert_array_equal(image, same)
        assert len(lines) <= len(words)
        for line in lines:
            outline = Polygon(np.reshape(line['polygon'], (-1, 2))).buffer(0.1)
            inside = [word for word, shape in zip(words, polygons(words), strict=True)
                      if outline.contains(shape.centroid)]
            if not any(word['ignore'] for word in inside):
                assert line['text'] == ' '.join(word['text'] for word in inside)


def test_unknown_level():
    with pytest.raises(ValueError, match="level should be one of word, line, got 'letter'"):
        render_page(np.random.default_rng(0), FONTS, PHOTOGRAPHS['test'], SIZE, level='letter')


@pytest.mark.parametrize('size', [(128, 128), (128, 700), (701, 131)])
def test_other_sizes(size):
    for seed in range(3):
        image, _ = render_page(np.random.default_rng(seed), FONTS, PHOTOGRAPHS['test'], size)
        assert image.shape == (size[1], size[0], 3)


@pytest.mark.parametrize('size', [(127, 500), (500, 127)])
def test_too_small_a_page(size):
    with pytest.raises(ValueError, match=f'at least 128 pixels wide and high, got {size[0]} x {size[1]}'):
        render_page(np.random.default_rng(0), FONTS, PHOTOGRAPHS['test'], size)


def face(size, font=FONTS[0]):
    return Face(load_font(font, size))


def test_words_of_a_block_are_boxed_tightly():
    block = draw_block([['agile', 'X'], ['fjord']], face(30), edge=2)
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
    block = draw_block(lines, face(10, font), edge=1, line_gap=0.2, word_gap=0.3, centred=False)
    for i, (ax0, ay0, ax1, ay1) in enumerate(block.boxes):
        for bx0, by0, bx1, by1 in block.boxes[:i]:
            assert ax1 <= bx0 or bx1 <= ax0 or ay1 <= by0 or by1 <= ay0


def upright(block, legible=True):
    return PlacedBlock(block, Perspective(translation(10, 20)), legible, False)


def test_words_are_annotated_in_order():
    block = draw_block([['Open', 'daily']], face(30))
    first, second = block_instances(upright(block))
    assert (first['text'], second['text']) == ('Open', 'daily')
    left, top, right, bottom = block.boxes[0]
    assert first['polygon'] == [
        left + 10, top + 20, right + 10, top + 20, right + 10, bottom + 20, left + 10, bottom + 20]
    assert first['bbox'] == [left + 10, top + 20, right + 10, bottom + 20]


def test_lines_are_annotated_as_the_rectangles_around_their_words():
    block = draw_block([['Open', 'daily'], ['at', '9']], face(30))
    first, second = block_instances(upright(block), level='line')
    assert (first['text'], second['text']) == ('Open daily', 'at 9')
    (left, *_), (_, _, right, _) = block.boxes[:2]
    top = min(box[1] for box in block.boxes[:2])
    bottom = max(box[3] for box in block.boxes[:2])
    assert first['bbox'] == [left + 10, top + 20, right + 10, bottom + 20]


def test_word_without_ink_is_left_out():
    block = draw_block([['a', ' '], [' ']], face(30))
    assert block.words == ('a',)
    assert block.lines == (0,)
    assert [text for text, _ in block.line_boxes()] == ['a']
    assert draw_block([[' ']], face(30)).line_boxes() == []


def test_illegible_words_are_ignored():
    block = draw_block([['Open']], face(30))
    hidden, = block_instances(upright(block, legible=False))
    assert (hidden['ignore'], hidden['text']) == (True, '###')


def test_words_too_small_to_read_are_ignored():
    words = [['MMM', 'xxx']]
    small, = {instance['text'] for instance in block_instances(upright(draw_block(words, face(9))))}
    assert small == '###'
    # Capitals are 0.73 of the size high, small letters without strokes 0.55.
    capitals, letters = block_instances(upright(draw_block(words, face(12))))
    assert (capitals['text'], letters['text']) == ('MMM', '###')


def test_words_too_blurred_to_read_are_ignored():
    block = upright(draw_block([['MMM']], face(30)))
    height = strip_height(block.warp.outline(block.block.boxes[0]))
    assert [block_instances(block, legible_side=height + by)[0]['text'] for by in (-0.1, 0.1)] == ['MMM', '###']


def test_blocks_are_placed_where_nothing_is():
    rng = np.random.default_rng(0)
    taken = np.zeros((240, 320), np.uint8)
    taken[:, :160] = 1
    places = 0
    for _ in range(60):
        placed = place_block(rng, random_block(rng, FONTS, 14, SIZE), taken)
        if placed is not None:
            places += 1
            outline = placed.warp.outline(placed.block.canvas_box)
            assert (outline >= -1e-6).all()
            assert (outline <= np.array([319, 239]) + 1e-6).all()
            assert not (filled(outline, SIZE) & taken).any()
    assert places > 10


def test_block_larger_than_the_page_finds_no_place():
    rng = np.random.default_rng(0)
    block = PlacedBlock(draw_block([['Broad']], face(200)), Perspective(np.eye(3)), True, False)
    assert place_block(rng, block, np.zeros((240, 320), np.uint8)) is None


def test_block_gets_smaller_where_it_would_not_fit():
    rng = np.random.default_rng(0)
    sizes = {random_block(rng, FONTS, 200, SIZE).block.text_size for _ in range(10)}
    assert max(sizes) <= 200
    assert min(sizes) < 100


@pytest.mark.parametrize(('share', 'expected'), [(0.0, {False}), (1.0, {True})])
def test_share_of_boards(share, expected):
    rng, options = np.random.default_rng(0), replace(PLAIN, bent=0.0, on_board=share)
    assert {random_block(rng, FONTS, 20, SIZE, options).on_board for _ in range(10)} == expected


def test_sizes_of_text():
    options = replace(PLAIN, text_size=(20, 0.1), small=(1.0, 1.0))
    rng = np.random.default_rng(0)
    sizes = [placed.block.text_size for _ in range(6)
             for placed in place_blocks(rng, FONTS, (640, 480), options, Vocabulary())]
    assert min(sizes) >= 20
    assert max(sizes) <= 48
    assert sum(size > 34 for size in sizes) > 0.3 * len(sizes)


def test_page_box_holds_the_outline():
    assert page_box(np.array([[1.2, 3.0], [7.9, 3.5], [4.0, 9.0]]), SIZE) == (1, 3, 9, 10)
    assert page_box(np.array([[-4.0, -1.0], [330.0, 3.5], [4.0, 300.0]]), SIZE) == (0, 0, 320, 240)


def test_ink_is_inside_the_outlines_of_a_page():
    # On a black page, all that is written must lie inside the outlines of the words.
    rng = np.random.default_rng(1)
    for _ in range(12):
        placed = place_block(rng, random_block(rng, FONTS, 20, SIZE), np.zeros((240, 320), np.uint8))
        if placed is None:
            continue
        written = placed.warp.render(placed.block.edged, (0, 0, *SIZE)) > 127
        allowed = np.zeros((240, 320), np.uint8)
        for instance in block_instances(placed):
            points = np.reshape(instance['polygon'], (-1, 2)).round().astype(np.int32)
            cv2.polylines(cv2.fillPoly(allowed, [points], 1), [points], True, 1, 2)
        assert not (written & (allowed == 0)).any()
        assert written.any()
