#!/usr/bin/env python
"""Compare the speed of MMOCR's DBNet++ with this project's: `dbnetpp benchmark`."""

from dbnetpp import command

main = command('benchmark')

if __name__ == '__main__':
    raise SystemExit(main())
