"""Bytes and a source's mapping → rows, ignored, or a rejection. Pure; may not touch disk, clock, ledger or registry."""
