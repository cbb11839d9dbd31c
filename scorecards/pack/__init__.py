"""The report pack of an edition: A4 sheets, tables, values of a claim. May not read anything but the edition."""
