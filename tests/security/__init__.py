"""Who may connect and who may say what, against the real broker with the configuration that a site gets."""
