"""Command lines: one module per subcommand of the program `dbnetpp`."""
