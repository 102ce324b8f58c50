#!/usr/bin/env python
"""Prepare a data set: `dbnetpp prepare`."""

from dbnetpp import command

main = command('prepare')

if __name__ == '__main__':
    raise SystemExit(main())
