"""The drop folder: whole files into the spool. May read one for personal numbers only, and lose none that it took."""
