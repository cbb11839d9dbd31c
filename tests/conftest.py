"""Fixtures for all tests: the real broker, and sites in temporary folders."""

pytest_plugins = ["tests.broker"]
