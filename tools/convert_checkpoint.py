#!/usr/bin/env python
"""Convert a checkpoint of other implementations: `dbnetpp convert`."""

from dbnetpp import command

main = command('convert')

if __name__ == '__main__':
    raise SystemExit(main())
