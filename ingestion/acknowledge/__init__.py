"""End-to-end acknowledgements from the tail of the spool. Reads topics and user properties, never a payload."""
