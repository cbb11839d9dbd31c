"""Draws: numbers in, SVG text out. May not read an edition, nor choose what is shown."""
