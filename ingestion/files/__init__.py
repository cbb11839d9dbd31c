"""The drop folder: whole files into the spool. May not read what is in a file, nor lose one before it is durable."""
