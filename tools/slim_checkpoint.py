#!/usr/bin/env python
"""Keep only the weights of a checkpoint: `dbnetpp slim`."""

from dbnetpp import command

main = command('slim')

if __name__ == '__main__':
    raise SystemExit(main())
