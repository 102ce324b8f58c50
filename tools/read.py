#!/usr/bin/env python
"""Find text in images and recognize what it says: `dbnetpp read`."""

from dbnetpp import command

main = command('read')

if __name__ == '__main__':
    raise SystemExit(main())
