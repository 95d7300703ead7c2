"""Collect what a live side did, and sort it by scenario."""

from gate.observe.observe import Evidence, Observed, observe, snapshots
from gate.observe.rows import Snapshot

__all__ = ["Evidence", "Observed", "Snapshot", "observe", "snapshots"]
