"""How text is read where nothing else is asked for. Imports nothing, so that help texts are quick."""

ORIENTATIONS = UPRIGHT, _ = 'upright', 'auto'
MIN_SCORE = 0.8  # of a recognition, below which it is dropped
