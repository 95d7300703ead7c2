"""From differences to verdicts."""

from gate.judge.judge import Judgement, judge, judge_scenario
from gate.judge.stale import stale

__all__ = ["Judgement", "judge", "judge_scenario", "stale"]
