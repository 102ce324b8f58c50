#!/usr/bin/env python
"""Compare trainings of several seeds in a table: `dbnetpp compare`."""

from dbnetpp import command

main = command('compare')

if __name__ == '__main__':
    raise SystemExit(main())
