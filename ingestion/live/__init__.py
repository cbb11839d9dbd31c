"""Is my machine sending? The tail of the spools, the ledger's counts, and a page. May not write but its own status."""
