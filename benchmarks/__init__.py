"""What is measured, how, and against whom. May not be imported by the product; it uses a running site as a user."""
