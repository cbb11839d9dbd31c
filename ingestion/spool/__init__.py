"""Raw bytes, framed and fsynced, before anybody understands them. May not parse a payload, drop, or reorder."""
