"""What an id in a document names, by the names of the fields around it."""

from functools import lru_cache

from gate.identity import marks, singular
from gate.model import Json

_ENVELOPES = frozenset(
    ("body", "data", "detail", "details", "headers", "item", "items", "meta", "metadata", "object", "payload")
    + ("attributes", "record", "records", "response", "result", "results", "value")
)
"""Names of fields that only wrap; what is in them is still about the same thing."""


def holder(key: str, value: Json, entity: str) -> str:
    """What an object under this key is about: ``payment`` in ``{"payment": {"id": …}}``."""
    names = key not in _ENVELOPES and not marks(key)  # {"<id>": {…}} is no noun
    if names and isinstance(value, (dict, list)):
        return singular(key)
    return entity


@lru_cache(maxsize=16384)
def noun(key: str, entity: str) -> str:
    """What an id under this key names: ``invoice_id`` an invoice, ``id`` the entity at hand."""
    if key in ("", "id", "ids", "uuid", "location") or marks(key):
        return entity
    stem = key.removesuffix("s") if key.endswith(("_ids", "Ids")) else key
    stem = stem.removesuffix("_id").removesuffix("Id").removesuffix("_uuid")
    return stem or entity
