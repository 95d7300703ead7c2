"""How a database's values that JSON has no form for are written."""

import base64

_UUID_BYTES = 16
_GROUP = 12


def blob(value: bytes) -> str:
    """Sixteen bytes are a UUID; others are base64 in groups too short for any to pass for an id."""
    if len(value) == _UUID_BYTES:
        return value.hex()
    text = base64.b64encode(value).decode()
    return " ".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))
