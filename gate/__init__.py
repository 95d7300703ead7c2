"""Replay Gate: proves that a change keeps the behaviour that production relies on."""
