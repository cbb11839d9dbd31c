"""Receiving measured against what else drains a broker: the same broker, the same backlog, in turn."""
