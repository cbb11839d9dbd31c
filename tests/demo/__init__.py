"""Tests of the demonstration: that it is invented, the same each time, and taken as it is meant to be."""
