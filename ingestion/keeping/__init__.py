"""What is landed, kept small and no longer than its source says. May not change an offset, a row, or what is unread."""
