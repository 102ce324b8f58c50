"""What is kept of a job: only whole chunks, in order, of one job."""

import json

import pytest

import dbnetpp_plugin.bulk.journal as module
from dbnetpp_plugin.bulk.journal import Journal

SETTINGS = {'config': 'a', 'images': '5'}
SIZES = [2, 2, 1]
CHUNKS = [[{'path': 'a'}, {'path': 'b'}], [{'path': 'c'}, {'path': 'ä\n'}], [{'path': 'e'}]]
LINES = ['{"path": "a"}\n', '{"path": "b"}\n', '{"path": "c"}\n', '{"path": "ä\\n"}\n', '{"path": "e"}\n']


@pytest.fixture
def folder(tmp_path):
    return tmp_path / 'out'


@pytest.fixture
def make(folder):
    """Journals of one folder; those made before are closed, as when their process ends."""
    made = []

    def make(settings=SETTINGS, sizes=SIZES):
        for journal in made:
            journal.unlock()
        made.append(Journal(folder, settings, sizes))
        return made[-1]

    yield make
    make()


def begun(journal, *chunks, restart=False):
    journal.open(restart)
    journal.begin()
    for chunk in chunks:
        journal.add(chunk, CHUNKS[chunk])
    journal.merge()
    return journal


def written(folder):
    return (folder / 'results.jsonl').read_text(encoding='utf-8')


@pytest.mark.parametrize(('done', 'count'), [((0,), 2), ((0, 1), 4), ((1, 0), 4), ((0, 2), 2), ((0, 1, 2), 5)])
def test_results_are_a_beginning(folder, make, done, count):
    begun(make(), *done)
    assert written(folder) == ''.join(LINES[:count])
    assert make().open() == [chunk for chunk in range(3) if chunk not in done]


def test_what_comes_before_its_turn_waits(folder, make):
    journal = begun(make(), 2, 1)
    assert not (folder / 'results.jsonl').exists()
    journal.add(0, CHUNKS[0])
    journal.merge()
    assert written(folder) == ''.join(LINES)


def test_end(folder, make):
    begun(make(), 2, 0, 1).close()
    assert written(folder) == ''.join(LINES)
    assert sorted(path.name for path in folder.iterdir()) == ['job.json', 'results.jsonl']
    assert json.loads((folder / 'job.json').read_text()) == SETTINGS
    journal = make()
    assert journal.open() == []
    journal.close()
    assert written(folder) == ''.join(LINES)


def test_nothing_to_do(folder, make):
    journal = make(sizes=[])
    assert journal.open() == []
    journal.begin()
    journal.close()
    assert written(folder) == ''


WHOLE = ''.join(LINES)


@pytest.mark.parametrize(('content', 'left', 'kept'), [
    ('', [0, 1, 2], 0),
    (WHOLE[:5], [0, 1, 2], 0),
    (LINES[0], [0, 1, 2], 0),  # half of a chunk
    (''.join(LINES[:2])[:-1], [0, 1, 2], 0),  # without the end of its last line
    (''.join(LINES[:2]), [1, 2], 2),
    (''.join(LINES[:3]), [1, 2], 2),
    (WHOLE[:-1], [2], 4),
    (WHOLE, [], 5),
    (WHOLE + '{"pa', [], 5),
    (WHOLE + LINES[0], [], 5),
])
def test_after_a_crash_while_writing(folder, make, content, left, kept):
    begun(make())
    (folder / 'results.jsonl').write_text(content, encoding='utf-8')
    journal = make()
    assert journal.open() == left
    assert written(folder) == ''.join(LINES[:kept])
    for chunk in left:
        journal.add(chunk, CHUNKS[chunk])
    journal.close()
    assert written(folder) == WHOLE


def test_after_a_crash_between_results_and_parts(folder, make):
    """A part that is in the results is not added again; one that was not finished does not count."""
    journal = begun(make(), 0)
    journal.add(0, CHUNKS[0])
    (folder / 'parts' / '.00000001.jsonl.77.part').write_text('{"path"')
    journal = make()
    assert journal.open() == [1, 2]
    journal.merge()
    assert written(folder) == ''.join(LINES[:2])
    assert sorted(path.name for path in (folder / 'parts').iterdir()) == ['lock']


@pytest.mark.parametrize(('settings', 'names'), [
    ({**SETTINGS, 'config': 'b'}, r'other config'),
    ({**SETTINGS, 'images': '6', 'config': 'b'}, r'other config, images'),
    ({'config': 'a'}, r'other images'),
    ({**SETTINGS, 'pictures': True}, r'other pictures'),
])
def test_another_job(folder, make, settings, names):
    begun(make(), 0)
    message = rf'out holds the results of another job \({names}\): choose another --out-dir, or give --restart'
    with pytest.raises(ValueError, match=message):
        make(settings).open()
    assert written(folder) == ''.join(LINES[:2])
    assert make(settings).open(restart=True) == [0, 1, 2]
    assert not (folder / 'results.jsonl').exists()


def test_results_of_unknown_origin(folder, make):
    folder.mkdir()
    (folder / 'results.jsonl').write_text('precious')
    with pytest.raises(ValueError, match=r'results\.jsonl is there without job\.json'):
        make().open()
    assert written(folder) == 'precious'


def test_restart_forgets_parts(folder, make):
    begun(make(), 2)
    assert make().open(restart=True) == [0, 1, 2]


@pytest.mark.skipif(module.fcntl is None, reason='needs locks on files')
def test_two_runs_at_once(folder, make):
    begun(make(), 0)
    with pytest.raises(ValueError, match=r'another run is writing to \S+out: wait for its end'):
        Journal(folder, SETTINGS, SIZES).open()


# --- several processes -----------------------------------------------------------------------------------------------
def test_other_processes_see_the_job(folder, make, monkeypatch):
    monkeypatch.setattr(module._appears, '__defaults__', (0.1,))
    other = Journal(folder, SETTINGS, SIZES)
    journal = make()
    journal.open()
    with pytest.raises(ValueError, match=r'process 3 does not see \S+job\.json, .* share the output folder'):
        other.check_shared(3)
    journal.begin()
    other.check_shared(3)
    other.add(0, CHUNKS[0])
    journal.merge()
    assert written(folder) == ''.join(LINES[:2])
    with pytest.raises(ValueError, match=r'^process 3 has another job than process 0 \(other images\)'):
        Journal(folder, {**SETTINGS, 'images': '4'}, SIZES).check_shared(3)


def test_missing_parts(folder, make, monkeypatch):
    monkeypatch.setattr(module._appears, '__defaults__', (0.1,))
    with pytest.raises(ValueError, match=r'00000001\.jsonl is missing: all machines have to share the output folder'):
        begun(make(), 0, 2).close()
    assert written(folder) == ''.join(LINES[:2])
