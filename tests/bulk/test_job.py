"""Long lists of images, with engines whose faults are known."""

import threading

import cv2
import numpy as np
import pytest

from dbnetpp_plugin.apis import Detection
from dbnetpp_plugin.bulk.job import Engine, Job, PictureWriter, find, start, summarize, work
from dbnetpp_plugin.bulk.results import read_records
from dbnetpp_plugin.bulk.sharding import Process
from dbnetpp_plugin.images.errors import BrokenImageError

ALONE = Process(0, 1)


def engine(broken=(), poison=None, error=None, log=None) -> Engine:
    """Images have the size 20 x their number; the score of what is found is the size of its batch / 10."""
    def read(path):
        if path in broken:
            raise BrokenImageError(f'image file {path} is broken')
        return np.full((20, int(path), 3), 7, np.uint8)

    def stream(images, batch_size):
        batch = []
        for image in [*images, None]:
            if image is None or len(batch) == batch_size:
                yield from detect(batch)
                batch = []
            batch.append(image)

    def detect(batch):
        if log is not None:
            log.append([image.shape[1] for image in batch])
        if poison is not None and any(image.shape[1] in poison for image in batch):
            raise error
        for number, image in enumerate(batch):
            polygon = np.array([[1, 1], [9, 1], [9, 8]], np.float32)
            yield Detection([polygon], np.array([len(batch) / 10], np.float32), number, image.shape[:2])

    return Engine(read, stream)


def finish(path, image, found):
    assert image.shape == (20, int(path), 3)
    assert found.size == image.shape[:2]
    return {'path': path, 'scores': [round(float(score), 1) for score in found.scores]}


def fine(path, batch=1):
    return {'path': path, 'scores': [batch / 10]}


PATHS = ['11', '12', '13', '14', '15']


@pytest.mark.parametrize('batch_size', [1, 2, 3, 5, 7])
def test_all_is_fine(batch_size):
    told = []
    records = find(engine(), PATHS, batch_size, finish, told.append)
    sizes = [min(batch_size, 5 - index // batch_size * batch_size) for index in range(5)]
    assert records == told == [fine(path, size) for path, size in zip(PATHS, sizes, strict=True)]


@pytest.mark.parametrize('broken', [('11',), ('15',), ('12', '13'), tuple(PATHS)])
def test_broken_files_stay_in_their_place(broken):
    told = []
    records = find(engine(broken), PATHS, 1, finish, told.append)
    assert records == [{'path': path, 'error': f'image file {path} is broken'} if path in broken else fine(path)
                       for path in PATHS]
    assert sorted(told, key=lambda record: record['path']) == records


@pytest.mark.parametrize(('error', 'reason'), [
    (MemoryError(), 'MemoryError'), (RuntimeError('no\n  luck'), 'no luck'), (ValueError('NaN'), 'NaN')])
@pytest.mark.parametrize('batch_size', [1, 2, 5])
def test_an_image_the_model_fails_on_takes_no_others_with_it(batch_size, error, reason):
    """All others of the chunk are then done singly, those before it, too: the outcome is the same each time."""
    told = []
    records = find(engine(poison={13}, error=error), PATHS, batch_size, finish, told.append)
    failure = {'path': '13', 'error': f'image file 13 cannot be processed: {reason}'}
    assert records == [failure if path == '13' else fine(path) for path in PATHS]
    assert [record['path'] for record in told] == PATHS


def test_error_of_opencv():
    with pytest.raises(cv2.error) as raised:
        cv2.resize(np.zeros((4, 4), np.uint8), (0, 0))
    (record,) = find(engine(poison={13}, error=raised.value), ['13'], 1, finish, lambda record: None)
    assert record['error'].startswith('image file 13 cannot be processed: resize: ')


@pytest.mark.parametrize('broken', [(), ('11', '12', '13')])
def test_a_model_that_always_fails_is_no_fault_of_the_images(broken):
    poison = set(range(11, 16))
    with pytest.raises(RuntimeError, match='out of order'):
        find(engine(broken, poison, RuntimeError('out of order')), PATHS, 2, finish, lambda record: None)


def test_an_interruption_is_no_fault_of_an_image():
    with pytest.raises(KeyboardInterrupt):
        find(engine(poison={13}, error=KeyboardInterrupt()), PATHS, 1, finish, lambda record: None)


# --- jobs ------------------------------------------------------------------------------------------------------------
NAMES = [str(number) for number in range(10, 300)]  # 290 images: 145 chunks of 2, or 72 of 4 and one of 2


def run(job, build, process=ALONE, **options):
    started = start(job, build, process, **options)
    work(job, started, process, lambda record: None)
    return started


def job(folder, batch_size=3, **changes):
    return Job(**{'paths': NAMES, 'out_dir': folder, 'settings': {'model': 'm'}, 'batch_size': batch_size,
                  'pictures': False, **changes})


def content(folder):
    return (folder / 'results.jsonl').read_bytes()


@pytest.mark.parametrize('batch_size', [1, 2, 3, 7])
@pytest.mark.parametrize('stop', [11, 150, 298])
def test_an_interrupted_job_goes_on(tmp_path, batch_size, stop):
    """Broken and poisonous images are among the others, so that batches shift and chunks fall apart."""
    faults = dict(broken=('13', '148', '299'), error=RuntimeError('no'))
    run(job(tmp_path / 'a', batch_size), lambda: engine(poison={17, 160}, **faults))
    whole = engine(poison={17, 160}, **faults)

    def stream(images, size):
        for found in whole.stream(images, size):
            if found.size[1] == stop:
                raise KeyboardInterrupt
            yield found

    with pytest.raises(KeyboardInterrupt):
        run(job(tmp_path / 'b', batch_size), lambda: whole._replace(stream=stream))
    assert len(content(tmp_path / 'b') if (tmp_path / 'b' / 'results.jsonl').exists() else b'') < len(
        content(tmp_path / 'a'))
    run(job(tmp_path / 'b', batch_size), lambda: whole)
    assert content(tmp_path / 'b') == content(tmp_path / 'a')
    assert [record['path'] for record in read_records(tmp_path / 'b' / 'results.jsonl')] == NAMES


def test_what_is_done_is_not_done_again(tmp_path):
    log = []
    run(job(tmp_path), lambda: engine(log=log))
    assert [width for batch in log for width in batch] == list(range(10, 300))

    def build():
        raise AssertionError('the model is not needed')

    started = run(job(tmp_path), build)
    assert started.left == 0
    run(job(tmp_path), lambda: engine(log=log), restart=True)
    assert sum(map(len, log)) == 2 * 290


class Together:
    """Processes that are threads."""

    def __init__(self, total):
        self.total, self.barrier, self.values = total, threading.Barrier(total, timeout=20), [None]

    def process(self, rank):
        together = self

        class Member(Process):
            def from_first(self, value):
                if self.is_first:
                    together.values[0] = value
                together.barrier.wait()
                value = together.values[0]
                together.barrier.wait()
                return value

            def wait_for_all(self):
                together.barrier.wait()

        return Member(rank, self.total)

    def run(self, function):
        threads = [threading.Thread(target=function, args=[self.process(rank)]) for rank in range(self.total)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize('total', [2, 3])
def test_several_processes_do_the_same(tmp_path, total):
    run(job(tmp_path / 'a'), engine)
    log = []
    Together(total).run(lambda process: run(job(tmp_path / 'b'), lambda: engine(log=log), process))
    assert content(tmp_path / 'b') == content(tmp_path / 'a')
    assert sorted(width for batch in log for width in batch) == list(range(10, 300))  # each once
    assert sorted(path.name for path in (tmp_path / 'b').iterdir()) == ['job.json', 'results.jsonl']


def test_all_processes_learn_that_nothing_can_be_started(tmp_path):
    run(job(tmp_path), engine)
    errors = []

    def attempt(process):
        try:
            start(job(tmp_path, batch_size=4), engine, process)
        except ValueError as error:
            errors.append(str(error))

    Together(3).run(attempt)
    assert len(errors) == 3
    assert all('other batch size' in error for error in errors)


@pytest.mark.parametrize(('changes', 'name'), [
    ({'batch_size': 4}, 'batch size'), ({'score_thr': 0.5}, 'score threshold'), ({'pictures': True}, 'pictures'),
    ({'settings': {'model': 'n'}}, 'model')])
def test_another_job_is_not_mixed_in(tmp_path, changes, name):
    run(job(tmp_path), engine)
    with pytest.raises(ValueError, match=rf'holds the results of another job \(other {name}\)'):
        start(job(tmp_path, **changes), engine, ALONE)


def test_a_model_that_cannot_be_loaded_leaves_no_job(tmp_path):
    def build():
        raise ValueError('of another model')

    with pytest.raises(ValueError, match='of another model'):
        start(job(tmp_path), build, ALONE)
    run(job(tmp_path, batch_size=2), engine)  # no other job is in the way


def test_summary(tmp_path):
    run(job(tmp_path, batch_size=1), lambda: engine(broken=('13', '14')))
    assert summarize(tmp_path / 'results.jsonl') == (290, 288, 2)


def test_score_threshold(tmp_path):
    """Of 290 images 288 are in batches of 3 with scores of 0.3, and two in one of 2."""
    run(job(tmp_path, score_thr=0.3), engine)
    assert summarize(tmp_path / 'results.jsonl') == (290, 288, 0)


# --- pictures --------------------------------------------------------------------------------------------------------
def test_pictures(tmp_path):
    run(job(tmp_path, paths=['30', '40', '31'], pictures=True), lambda: engine(broken=('40',)))
    assert [record.get('picture') for record in read_records(tmp_path / 'results.jsonl')] == [
        'pictures/30.jpg', None, 'pictures/31.jpg']
    assert sorted(path.name for path in (tmp_path / 'pictures').iterdir()) == ['30.jpg', '31.jpg']
    assert cv2.imread(str(tmp_path / 'pictures' / '31.jpg')).shape == (20, 31, 3)


@pytest.mark.parametrize(('width', 'picture'), [('65500', 'pictures/65500.jpg'), ('65501', None)])
def test_no_picture_where_jpeg_has_no_room(tmp_path, width, picture):
    run(job(tmp_path, paths=[width], pictures=True), engine)
    (record,) = read_records(tmp_path / 'results.jsonl')
    assert (record['width'], record.get('picture')) == (int(width), picture)
    assert (tmp_path / 'pictures').exists() == (picture is not None)


def test_a_full_disk_ends_the_job(tmp_path, monkeypatch):
    def full(image, path):
        raise OSError('no space left on device')

    monkeypatch.setattr('dbnetpp_plugin.bulk.job.write_jpeg', full)
    with pytest.raises(OSError, match='no space left'):
        run(job(tmp_path, pictures=True), engine)
    monkeypatch.undo()
    run(job(tmp_path, pictures=True), engine)
    assert summarize(tmp_path / 'results.jsonl').failed == 0
    assert len(list((tmp_path / 'pictures').iterdir())) == 290


def test_the_last_picture_of_a_path_stays(tmp_path):
    record = {'polygons': [], 'scores': [], 'picture': 'pictures/x.jpg'}
    with PictureWriter(tmp_path) as writer:
        for value in range(0, 250, 10):
            writer.add(np.full((8, 8, 3), value, np.uint8), record)
    np.testing.assert_allclose(cv2.imread(str(tmp_path / 'pictures' / 'x.jpg')), 240, atol=2)
