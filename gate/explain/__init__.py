"""Group differences into findings, and say each in words."""

from gate.explain.findings import findings, suppressed

__all__ = ["findings", "suppressed"]
