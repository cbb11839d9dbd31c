"""What the invented programme's office reports: the lists that it would drop into `programme`, month by month."""
