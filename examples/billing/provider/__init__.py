"""A payment provider to develop and to record against."""
