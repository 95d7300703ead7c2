"""The only room that constructs adapters."""

from gate.wiring.jobs import Asked, comparison, job
from gate.wiring.process import process_side
from gate.wiring.runs import clean, clean_engine, new_run_id, run_folder, scratch

__all__ = [
    "Asked",
    "clean",
    "clean_engine",
    "comparison",
    "job",
    "new_run_id",
    "process_side",
    "run_folder",
    "scratch",
]
