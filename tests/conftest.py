"""Fixtures for all tests: the real broker, the real browser, and sites in temporary folders."""

pytest_plugins = ["tests.broker", "tests.chromium"]
