"""Three stages at the same time: order, errors, and that they do overlap."""

import itertools
import threading

import pytest

from dbnetpp_plugin.pipelines.prefetch import prefetched


def same(item):
    return item


@pytest.mark.parametrize('count', [0, 1, 2, 3, 10])
def test_all_stages_in_order(count):
    results = prefetched(range(count), lambda x: x + 1, lambda x: x * 10, str)
    assert list(results) == [str(10 * (x + 1)) for x in range(count)]


def test_the_stages_meet():
    """Each stage waits for the other two, which would take forever if they took turns."""
    together = threading.Barrier(3, timeout=10)

    def first(item):
        if item == 2:
            together.wait()
        return item

    def middle(item):
        if item == 1:
            together.wait()
        return item

    def last(item):
        if item == 0:
            together.wait()
        return item

    assert list(prefetched(range(4), first, middle, last)) == [0, 1, 2, 3]


def test_source_and_middle_stay_in_the_thread_of_the_caller():
    def source():
        yield threading.get_ident()

    ((taken, made),) = prefetched(source(), same, lambda taken: (taken, threading.get_ident()), same)
    assert taken == made == threading.get_ident()


def test_endless_source_is_two_items_ahead():
    taken = itertools.count()
    results = prefetched(taken, same, same, same)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    assert next(taken) == 5


def failing_at(bad):
    def stage(item):
        if item == bad:
            raise KeyError(bad)
        return item
    return stage


@pytest.mark.parametrize('place', range(4), ids=['source', 'first', 'middle', 'last'])
@pytest.mark.parametrize('bad', range(4))
def test_results_before_an_error_are_given(place, bad):
    stages = [failing_at(bad) if i == place else same for i in range(4)]
    results = prefetched(map(stages[0], range(4)), *stages[1:])
    for item in range(bad):
        assert next(results) == item
    with pytest.raises(KeyError, match=str(bad)):
        next(results)


def test_one_may_stop_early():
    before = threading.active_count()
    results = prefetched(itertools.count(), same, same, same)
    assert next(results) == 0
    results.close()
    assert threading.active_count() == before
