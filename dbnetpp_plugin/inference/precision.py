"""Numbers of how many bits a network computes with."""

PRECISIONS = ('float32', 'bfloat16', 'float16')  # names of PyTorch's data types
