"""Beside a machine: what is to be sent waits here until the site has it. Knows no site, source or spool."""
