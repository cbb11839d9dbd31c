"""A second program: states, runs and elements in plain Python, from the definitions; it shares no code with the SQL."""
