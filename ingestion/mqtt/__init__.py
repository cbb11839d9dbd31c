"""From the broker to the spool, acknowledged after fdatasync. May not parse a payload before the acknowledgement."""
