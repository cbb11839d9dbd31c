"""The gate: judges streams (never blocks) and marts (blocks). May not repair data, nor let a broken check look like bad data."""
