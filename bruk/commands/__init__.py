"""The command line, a file per group: reads options, calls one function of a room, prints what it returns."""
