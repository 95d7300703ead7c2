"""Align and compare two recordings of one scenario, one module a channel."""

from gate.compare.compare import compare
from gate.compare.schema import compare_schema, one_sided

__all__ = ["compare", "compare_schema", "one_sided"]
