"""Which headers carry what is meant, and which only name the client library or the hop."""

from gate.model import Json

_VOLATILE = frozenset(
    ("host", "user-agent", "accept", "accept-encoding", "accept-language", "connection", "content-length")
    + ("transfer-encoding", "date", "traceparent", "tracestate", "baggage")
    + ("x-request-id", "x-correlation-id")
)


def intent(headers: Json) -> dict[str, Json]:
    """The headers that carry what is meant."""
    if not isinstance(headers, dict):
        return {}
    return {name: value for name, value in headers.items() if name not in _VOLATILE}
