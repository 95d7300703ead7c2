"""Where in a document something stands."""

from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
_ESCAPES = {ord("'"): "\\'", ord("\\"): "\\\\", ord("\b"): "\\b", ord("\f"): "\\f"}
_ESCAPES |= {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}
_ESCAPES |= {code: f"\\u{code:04x}" for code in range(32) if code not in _ESCAPES}


def json_path(path: Path) -> str:
    """The RFC 9535 path, in its short form where the name allows, else as a normalized path has it."""
    pieces = ["$"]
    for part in path:
        if isinstance(part, int):
            pieces.append(f"[{part}]")
        elif part.replace("_", "a").isalnum() and part.isascii() and not part[0].isdigit():
            pieces.append(f".{part}")
        else:
            pieces.append(f"['{part.translate(_ESCAPES)}']")
    return "".join(pieces)
