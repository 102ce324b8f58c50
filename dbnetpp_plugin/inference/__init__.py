"""What the entry points share: building models, weights by address, and networks that run fast."""
