"""The whole way, from two sides to a result."""

from gate.pipeline.job import Job, State
from gate.pipeline.run import run
from gate.pipeline.selection import payloads, select

__all__ = ["Job", "State", "payloads", "run", "select"]
