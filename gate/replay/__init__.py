"""Schedule and send the stimuli of a recording."""

from gate.replay.replay import replay, trace_of
from gate.replay.schedule import Group, Step, schedule

__all__ = ["Group", "Step", "replay", "schedule", "trace_of"]
