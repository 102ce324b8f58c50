#!/usr/bin/env python
"""Evaluate any text detector: `dbnetpp evaluate`."""

from dbnetpp import command

main = command('evaluate')

if __name__ == '__main__':
    raise SystemExit(main())
