"""The whole way, from two sides to a result."""

from gate.pipeline.job import Job, State
from gate.pipeline.run import UNOWNED, run

__all__ = ["UNOWNED", "Job", "State", "run"]
