"""PyTorch models to files of other runtimes."""
