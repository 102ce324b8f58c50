#!/usr/bin/env python
"""Compare the speed of MMOCR's DBNet++ with this project's, on one thread, and write the figures as JSON.

    python tools/benchmark.py data --data-root data/icdar2015
    python tools/benchmark.py targets downloads --number 100
    python tools/benchmark.py postprocess --out postprocess.json
    python tools/benchmark.py metric
    python tools/benchmark.py train --data-root data/icdar2015 --device cuda --batch-size 16 --size 640 --workers 8
    python tools/benchmark.py inference photos/
    python tools/benchmark.py deformable

docs/benchmarks.md says what each measures.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import data, deformable, inference, metric, postprocess, targets, train
from benchmarks.timing import environment, use_one_thread
from mmengine.registry import init_default_scope

BENCHMARKS = {'data': data, 'targets': targets, 'postprocess': postprocess, 'metric': metric, 'train': train,
              'inference': inference, 'deformable': deformable}


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = make_parser()
    arguments = vars(parser.parse_args(argv))
    name, out = arguments.pop('benchmark'), arguments.pop('out')
    use_one_thread()
    init_default_scope('mmocr')
    try:
        if out:
            out.parent.mkdir(parents=True, exist_ok=True)
        figures = BENCHMARKS[name].run(**arguments)
        report = json.dumps({'benchmark': name, **figures, **environment()}, indent=2) + '\n'
        if out:
            out.write_text(report, encoding='utf-8')
        else:
            sys.stdout.write(report)
    except (OSError, ValueError) as error:
        parser.exit(1, f'{parser.prog}: {error}\n')


def make_parser() -> argparse.ArgumentParser:
    """Describe the command line: a subcommand a benchmark, with the arguments of its ``run``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    subparsers = parser.add_subparsers(dest='benchmark', required=True, metavar='BENCHMARK')
    for name, module in BENCHMARKS.items():
        first_line = (module.__doc__ or '').splitlines()[0]
        subparser = subparsers.add_parser(name, help=first_line, description=first_line)
        module.add_arguments(subparser)
        subparser.add_argument('--out', type=Path, help='JSON file for the figures (default: standard output)')
    return parser


if __name__ == '__main__':
    main()
