#!/usr/bin/env python
"""Cut words out of a detection data set: `dbnetpp crop`."""

from dbnetpp import command

main = command('crop')

if __name__ == '__main__':
    raise SystemExit(main())
