"""Word crops and reading order: pure functions on images and outlines."""
