"""Turn the official download of a data set into images and annotation files that the configs can read.

Example:
    python tools/prepare_dataset.py icdar2015 --root downloads/icdar2015 --out data/icdar2015
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from dbnetpp_plugin.datasets.preparers import PREPARERS


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('dataset', choices=sorted(PREPARERS))
    parser.add_argument('--root', type=Path, required=True, help='folder of the official download, unpacked')
    parser.add_argument('--out', type=Path, required=True, help='data root to make, as data_root in the configs')
    args = parser.parse_args(argv)
    try:
        PREPARERS[args.dataset](args.root, args.out)
    except (OSError, ValueError) as error:
        parser.exit(1, f'{parser.prog}: {error}\n')


if __name__ == '__main__':
    main()
