"""Collect what a live side did, and sort it by scenario."""

from gate.observe.observe import Evidence, Observed, observe
from gate.observe.rows import Snapshot
from gate.observe.stores import snapshots, unseen

__all__ = ["Evidence", "Observed", "Snapshot", "observe", "snapshots", "unseen"]
