"""The labels of what the gate makes in an engine, for whoever asks with the package docker or with the command."""

LABEL = "replay-gate.run"
"""On everything that a run makes; its value is the run's id."""
BUILT = "replay-gate.built"
"""On images that were built for a side."""
PLAYBACK = "replay-gate.playback"
"""On the image of the playback server, which all runs share."""
