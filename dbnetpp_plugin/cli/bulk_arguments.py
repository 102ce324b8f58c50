"""Arguments of the commands over many images that have nothing to do with the model."""

import argparse
from pathlib import Path

from .argument_types import positive, score

SCRATCH = Path('outputs')  # the default of --out-dir
LIST_MARK = '@'


def check_packages(parser: argparse.ArgumentParser) -> None:
    """End the program with one sentence and exit code 2 if a package is missing that progress and pictures need."""
    from dbnetpp_plugin.deploy.packages import require
    try:
        require('rich', 'matplotlib', what='progress and pictures of the command line need')
    except ImportError as error:
        parser.error(str(error))


def add_bulk_arguments(parser: argparse.ArgumentParser, with_text: bool) -> None:
    """Add the arguments that :func:`.bulk_run.run_bulk` takes.

    Args:
        parser: For a command.
        with_text: Whether the results hold what the text says, so that there are formats for it.
    """
    from dbnetpp_plugin.bulk.exports import EXPORTS, OF_TEXT
    from dbnetpp_plugin.bulk.journal import RESULTS
    from dbnetpp_plugin.bulk.sharding import LAUNCHERS
    parser.add_argument('images', nargs='+', help='image files, folders, patterns in quotes, such as "a/**/*.jpg", or '
                        f'{LIST_MARK}FILE with a path on each line')
    parser.add_argument('--out-dir', type=Path,
                        help=f'for {RESULTS}, pictures and exports (default: {SCRATCH}, started anew each time)')
    parser.add_argument('--device', help='cpu, cuda or cuda:N (default: the first GPU, if there is one; under torchrun '
                        'one per process)')
    parser.add_argument('--batch-size', type=positive, default=1, help='images at once (default: 1)')
    parser.add_argument('--score-thr', type=score, default=0.0,
                        help="lowest score to keep (default: what the config's postprocessor keeps)")
    parser.add_argument('--no-pictures', action='store_true', help='draw no pictures')
    parser.add_argument('--export', '--format', nargs='+', action='extend', default=[],
                        choices=[kind for kind in EXPORTS if with_text or kind not in OF_TEXT],
                        help='formats to write the results in, too')
    parser.add_argument('--restart', action='store_true', help='discard what is in --out-dir, and start again')
    parser.add_argument('--launcher', choices=LAUNCHERS,
                        help='what started the processes of this job (default: pytorch under torchrun, else none)')
    parser.add_argument('--no-keep-memory', dest='keep_memory', action='store_false',
                        help='give the memory of each image back to the system; slower on CPUs')
