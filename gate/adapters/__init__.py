"""Implementations of the ports; only wiring and the sidecar construct them."""
