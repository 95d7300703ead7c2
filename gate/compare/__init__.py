"""Align and compare two recordings of one scenario, one module a channel."""

from gate.compare.compare import compare

__all__ = ["compare"]
