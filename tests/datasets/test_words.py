import numpy as np
import pytest

from dbnetpp_plugin.datasets.transforms.words import annotations, look_through, read_words
from dbnetpp_plugin.geometry.polygons import area

WINDOW = (-0.5, -0.5, 99.5, 49.5)


def rectangle(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=float)


def results_with(*polygons: list[float], **others: object) -> dict:
    return {'img_path': 'a/b.jpg', 'gt_polygons': [np.array(p, np.float32) for p in polygons],
            'gt_ignored': np.zeros(len(polygons), bool), **others}


@pytest.mark.parametrize('word', [rectangle(10, 10, 30, 20), rectangle(*WINDOW)])
def test_a_word_inside_stays_as_it_is(word: np.ndarray) -> None:
    seen = look_through(WINDOW, [word], [False], 0.8)
    assert seen.polygons[0] is word
    assert (seen.sources, seen.ignored) == ([0], [False])


@pytest.mark.parametrize('word', [
    rectangle(-20.5, 10, -0.5, 20), rectangle(99.5, 10, 120, 20), rectangle(10, -20, 30, -0.5),
    rectangle(10, 49.5, 30, 60), np.array([[-10, 8], [-10, -10], [8, -10]], float)])
def test_a_word_outside_is_left_out(word: np.ndarray) -> None:
    assert look_through(WINDOW, [word], [False], 0.0) == ([], [], [])


@pytest.mark.parametrize(('visible', 'ignored'), [(0.81, False), (0.79, True), (0.01, True), (0.99, False)])
@pytest.mark.parametrize('side', ['left', 'right', 'top', 'bottom'])
def test_a_word_across_the_border_is_clipped_and_trained_on_if_enough_is_visible(
        visible: float, ignored: bool, side: str) -> None:
    inner = {'left': visible * 20 - 0.5, 'right': 99.5 - visible * 20,
             'top': visible * 20 - 0.5, 'bottom': 49.5 - visible * 20}[side]
    word, part = {
        'left': (rectangle(inner - 20, 10, inner, 30), rectangle(-0.5, 10, inner, 30)),
        'right': (rectangle(inner, 10, inner + 20, 30), rectangle(inner, 10, 99.5, 30)),
        'top': (rectangle(10, inner - 20, 30, inner), rectangle(10, -0.5, 30, inner)),
        'bottom': (rectangle(10, inner, 30, inner + 20), rectangle(10, inner, 30, 49.5)),
    }[side]
    seen = look_through(WINDOW, [word], [False], 0.8)
    assert seen.ignored == [ignored]
    corners = {tuple(np.round(p, 9)) for p in seen.polygons[0]}
    assert corners == {tuple(np.round(p, 9)) for p in part}


def test_exactly_the_least_visible_part_is_enough() -> None:
    half = rectangle(79.5, 10, 119.5, 20)
    assert look_through(WINDOW, [half], [False], 0.5).ignored == [False]
    assert look_through(WINDOW, [half], [False], 0.5000001).ignored == [True]


def test_an_ignored_word_stays_ignored() -> None:
    words = [rectangle(10, 10, 30, 20), rectangle(90, 10, 100, 20)]
    assert look_through(WINDOW, words, [True, True], 0.0).ignored == [True, True]


def test_parts_of_a_word_are_entries_of_their_own() -> None:
    # An arch whose top, between x = 20 and 60, is above the window.
    arch = np.array([[20, 40], [20, -10], [60, -10], [60, 40], [55, 40], [55, -5], [25, -5], [25, 40]], float)
    seen = look_through(WINDOW, [rectangle(70, 10, 80, 20), arch], [False, False], 0.5)
    assert seen.sources == [0, 1, 1]
    assert sorted(polygon[:, 0].min() for polygon in seen.polygons) == [20, 55, 70]
    # 2 x 5 x 40.5 of 2 x 5 x 50 + 30 x 5
    assert sum(map(area, seen.polygons[1:])) == pytest.approx(405)
    assert seen.ignored == [False] * 3
    assert look_through(WINDOW, [arch], [False], 406 / 650).ignored == [True, True]


def test_words_without_area() -> None:
    inside, across = np.array([[5, 5], [9, 5], [7, 5.0]]), np.array([[90, 5], [110, 5], [100, 5.0]])
    seen = look_through(WINDOW, [inside, across], [False, False], 0.8)
    assert seen.sources == [0]


def test_annotations_keep_together_what_belongs_together() -> None:
    results = results_with(*[[0, 0, 1, 0, 1, 1]] * 4, gt_bboxes_labels=np.array([3, 4, 5, 6]), gt_texts=list('abcd'),
                           gt_ignored=np.array([False, True, False, False]))
    words = [rectangle(1000, 0, 1010, 10), rectangle(5, 5, 20, 15), rectangle(30, 40, 50, 60), rectangle(1, 2, 3, 4)]
    output = annotations(results, look_through(WINDOW, words, results['gt_ignored'], 0.8))
    assert output['gt_texts'] == ['b', 'c', 'd']
    assert output['gt_bboxes_labels'].tolist() == [4, 5, 6]
    assert output['gt_ignored'].tolist() == [True, True, False]
    assert output['gt_bboxes'].tolist() == [[5, 5, 20, 15], [30, 40, 50, 49.5], [1, 2, 3, 4]]
    assert output['gt_polygons'][2].tolist() == [1, 2, 3, 2, 3, 4, 1, 4]
    assert {p.dtype for p in output['gt_polygons']} == {np.dtype(np.float32)}


def test_annotations_without_any_word() -> None:
    results = results_with(gt_bboxes_labels=np.array([], np.int64), gt_texts=[])
    output = annotations(results, look_through(WINDOW, [], [], 0.8))
    assert output['gt_polygons'] == output['gt_texts'] == []
    assert output['gt_bboxes'].shape == (0, 4)
    assert output['gt_bboxes_labels'].dtype == np.int64
    assert output['gt_ignored'].dtype == bool


def test_read_words_puts_all_vertices_into_one_array() -> None:
    words = read_words(results_with([0, 1, 5, 1, 3, 7], [10, 10, 20, 10, 20, 12, 10, 12]))
    assert [polygon.tolist() for polygon in words.polygons()] == [
        [[0, 1], [5, 1], [3, 7]], [[10, 10], [20, 10], [20, 12], [10, 12]]]
    assert words.boxes().tolist() == [[0, 1, 5, 7], [10, 10, 20, 12]]


def test_read_words_without_any() -> None:
    words = read_words(results_with())
    assert words.polygons() == []
    assert words.boxes().shape == (0, 4)


@pytest.mark.parametrize(('polygon', 'message'), [
    ([0, 0, 1, 1], r'^a/b\.jpg: polygon 1: a polygon needs at least 3 points, got 2'),
    ([0, 0, 1, np.nan, 4, 4], r'^a/b\.jpg: polygon 1: a polygon needs finite coordinates'),
    ([0, 0, 1, np.inf, 4, 4], r'^a/b\.jpg: polygon 1: a polygon needs finite coordinates'),
    ([0, 0, 1, 5, 4], r'^a/b\.jpg: polygon 1: a polygon must be x1, y1'),
])
def test_bad_polygons_are_named(polygon: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_words(results_with([0, 0, 9, 0, 9, 9], polygon))


@pytest.mark.parametrize('key', ['gt_polygons', 'gt_ignored'])
def test_missing_annotations_are_named(key: str) -> None:
    results = results_with([0, 0, 9, 0, 9, 9])
    del results[key]
    with pytest.raises(ValueError, match=r'a/b\.jpg: DBTextAugment needs gt_polygons and gt_ignored.*with_polygon'):
        read_words(results)


def test_flags_must_be_as_many_as_polygons() -> None:
    results = results_with([0, 0, 9, 0, 9, 9], gt_ignored=np.zeros(2, bool))
    with pytest.raises(ValueError, match=r'a/b\.jpg: gt_polygons has 1 entries, but gt_ignored has 2'):
        read_words(results)


def test_what_has_no_area_is_left_out_where_it_is_cut() -> None:
    # Valid, and so thin that its area is rounded to 0.
    sliver = np.array([[97.31297043079907, -11.66140629154385], [56.48069885120905, -5.241646881182592],
                       [42.278169606134256, -3.0086870862743282], [70.68322809628383, -7.474606676090857],
                       [49.37943422867165, -4.12516698372846]])
    assert area(sliver) == 0
    flat = np.array([[-10, 20], [10, 20], [-10, 20], [10, 20]], float)
    assert look_through((50, -30, 80, -5), [sliver, flat], [False, False], 0.8).polygons == []
