"""What `dbnetpp benchmark` measures: a module per comparison, each with ``run``, which returns figures as JSON."""
