#!/usr/bin/env python
"""Find text in images: `dbnetpp detect`."""

from dbnetpp import command

main = command('detect')

if __name__ == '__main__':
    raise SystemExit(main())
