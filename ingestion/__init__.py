"""Spool → landing → ledger.

May not open the warehouse, judge plausibility, convert units across machines, or know a page."""
