"""What the benchmarks share."""

from dbnetpp_plugin.benchmarks.timing import by_turns, processor_name, spread


def test_turns_leave_out_the_warm_up():
    calls = []
    passes = {name: lambda name=name: calls.append(name) or len(calls) for name in 'ab'}
    assert by_turns(passes, 2) == {'a': [3, 5], 'b': [4, 6]}
    assert calls == list('ababab')


def test_spread():
    assert spread(range(101)) == {'median': 50, 'p10': 10, 'p90': 90}


def test_processor_name(tmp_path):
    (tmp_path / 'cpuinfo').write_text('processor\t: 0\nmodel name\t: Fast: 9000\nmodel name\t: Slow\n')
    assert processor_name(tmp_path / 'cpuinfo') == 'Fast: 9000'
    (tmp_path / 'cpuinfo').write_text('processor\t: 0\n')
    assert processor_name(tmp_path / 'cpuinfo') == processor_name(tmp_path / 'none')
