"""What was frozen for a meeting and what was restated since. May not change an edition that is published."""
