"""Which generated value is which entity: correlation for replay, renaming for compare."""

from gate.identity.bindings import Bindings
from gate.identity.forms import ids, marks, route
from gate.identity.provenance import deep, expand, given, readable, telling, texts
from gate.identity.renaming import Renaming, Which, singular
from gate.identity.saved import filled, saved, saves
from gate.identity.times import Frame, notation, parse

__all__ = [
    "Bindings",
    "Frame",
    "Renaming",
    "Which",
    "deep",
    "expand",
    "filled",
    "given",
    "ids",
    "marks",
    "notation",
    "parse",
    "readable",
    "route",
    "saved",
    "saves",
    "singular",
    "telling",
    "texts",
]
