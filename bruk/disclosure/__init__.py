"""Decides which numbers an edition may tell. May not read a warehouse, an edition or a file: values in, values out."""
