#!/usr/bin/env python
"""Choose image size, unclip ratio and thresholds on a validation set: `dbnetpp tune`."""

from dbnetpp import command

main = command('tune')

if __name__ == '__main__':
    raise SystemExit(main())
