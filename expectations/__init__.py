"""The gate: judges streams (never blocks) and marts (blocks). May not repair data; a broken check is not bad data."""
