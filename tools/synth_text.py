#!/usr/bin/env python
"""Write a synthetic data set: `dbnetpp synth`."""

from dbnetpp import command

main = command('synth')

if __name__ == '__main__':
    raise SystemExit(main())
