"""Sealed segments → landed Parquet and ONE ledger transaction. May not convert units, join, or judge plausibility."""
