"""Matching and ledger of outward calls: the pure half of the playback server."""

from gate.playback.tape import UNANSWERED, Tape

__all__ = ["UNANSWERED", "Tape"]
