#!/usr/bin/env python
"""Write a detector as an ONNX file: `dbnetpp export`."""

from dbnetpp import command

main = command('export')

if __name__ == '__main__':
    raise SystemExit(main())
