"""Annotation files: MMOCR's JSON, lines of text, and marks of ignored text."""
