#!/usr/bin/env python
"""Draw what a config trains on: `dbnetpp browse`."""

from dbnetpp import command

main = command('browse')

if __name__ == '__main__':
    raise SystemExit(main())
