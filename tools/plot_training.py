#!/usr/bin/env python
"""Draw the curves of a training: `dbnetpp plot`."""

from dbnetpp import command

main = command('plot')

if __name__ == '__main__':
    raise SystemExit(main())
