"""The keys of a Redis server, read only, from beside the service that writes them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isfinite
from types import MappingProxyType
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from gate.adapters.values import blob
from gate.config import Redactor
from gate.errors import InconclusiveError
from gate.model import Json, Table

_KEYS = "keys"
_SECONDS = 10.0
_BATCH = 500
_MOST_KEYS = 100_000
_MOST_BYTES = 256 * 1024 * 1024
_GONE, _STAYS = -2, -1
"""What PTTL says of a key that is not there, and of one that does not expire."""
_CHANGES = b"rdb_changes_since_last_save"
_COUNTED = re.compile(rb"^(run_id|rdb_last_save_time|rdb_saves|%b):(\w+)" % _CHANGES, re.MULTILINE)
_KEYSPACE = re.compile(rb"^db(\d+):", re.MULTILINE)
_READ: Mapping[bytes, tuple[str, tuple[object, ...]]] = MappingProxyType(
    {
        b"string": ("GET", ()),
        b"hash": ("HGETALL", ()),
        b"list": ("LRANGE", (0, -1)),
        b"set": ("SMEMBERS", ()),
        b"zset": ("ZRANGE", (0, -1, "WITHSCORES")),
        b"stream": ("XRANGE", ("-", "+")),
    }
)


class RedisStore:
    """Implements :class:`gate.ports.Store`: one table, ``keys``, a row for each key."""

    def __init__(
        self,
        name: str,
        host: str,
        port: int,
        redactor: Redactor,
        *,
        keys: Sequence[str] = (),
        database: int = 0,
        password: str | None = None,
    ) -> None:
        self._name, self._at, self._redactor, self._patterns = (
            name,
            f"{host}:{port}",
            redactor,
            keys or ("*",),
        )
        self._database = str(database)
        self._client = redis.Redis(
            host=host,
            port=port,
            db=database,
            password=password,
            protocol=2,  # all servers speak it
            retry=Retry(NoBackoff(), 0),
            socket_timeout=_SECONDS,
            socket_connect_timeout=_SECONDS,
            client_name="replay-gate",
        )
        self._client.set_response_callback("INFO", bytes)  # to read all of it would take longer than to ask
        try:
            self._client.ping()
        except redis.RedisError as error:
            raise self._error("cannot be opened", error) from None

    def tables(self) -> Mapping[str, Table]:
        """The one table."""
        return {_KEYS: Table(key=("key",))}

    def rows(self, table: str) -> Sequence[Mapping[str, Json]]:
        """All keys that the patterns name, in order, but those that have expired."""
        if table != _KEYS:
            raise InconclusiveError(
                f"store {self._name}: Redis has one table, {_KEYS}, and no {table}; check 'observe' in gate.yml"
            )
        names = sorted(self._names())
        found: list[Mapping[str, Json]] = []
        size = 0
        for start in range(0, len(names), _BATCH):
            batch = names[start : start + _BATCH]
            seen = self._answers(*[(ask, key) for key in batch for ask in ("TYPE", "MEMORY USAGE")])
            size += sum(usage or 0 for usage in seen[1::2])
            if size > _MOST_BYTES:  # asked before they are read: one value may be half a gigabyte
                raise self._too_much(f"{_MOST_BYTES >> 20} MiB")
            found += self._rows(batch, seen[::2])
        return found

    def _names(self) -> set[bytes]:
        found: set[bytes] = set()
        for pattern in self._patterns:
            cursor = None
            while cursor != 0:
                ((cursor, names),) = self._answers(("SCAN", cursor or 0, "MATCH", pattern, "COUNT", 1000))
                found.update(names)
                if len(found) > _MOST_KEYS:
                    raise self._too_much(f"{_MOST_KEYS:,} keys")
        return found

    def _rows(self, keys: Sequence[bytes], kinds: Sequence[bytes]) -> Iterator[Mapping[str, Json]]:
        there = [(key, kind) for key, kind in zip(keys, kinds, strict=True) if kind != b"none"]
        commands: list[tuple[object, ...]] = []
        for key, kind in there:
            if kind not in _READ:
                raise InconclusiveError(
                    f"store {self._name}: key {self._text(key)[:80]} is a {kind.decode()}, which cannot be compared;"
                    " name the others in its 'keys' in gate.yml"
                )
            command, rest = _READ[kind]
            commands += [(command, key, *rest), ("PTTL", key)]
        answers = self._answers(*commands)
        for (key, kind), value, left in zip(there, answers[::2], answers[1::2], strict=True):
            if left != _GONE:
                yield {
                    "key": self._text(key),
                    "type": kind.decode(),
                    "value": self._value(kind, value),
                    "expires": left != _STAYS,
                }

    def _value(self, kind: bytes, value: Any) -> Json:
        match kind:
            case b"hash":
                return self._fields(value)
            case b"list":
                return [self._text(item) for item in value]
            case b"set":
                return [*sorted(map(self._text, value))]
            case b"zset":
                return [
                    [self._text(member), _score(score)]
                    for member, score in zip(value[::2], value[1::2], strict=True)
                ]
            case b"stream":
                return [{"id": entry.decode(), "fields": self._fields(fields)} for entry, fields in value]
        return self._text(value)

    def _fields(self, fields: Mapping[bytes, bytes]) -> dict[str, Json]:
        return {self._text(field): self._text(fields[field]) for field in sorted(fields)}

    def _text(self, raw: bytes) -> str:
        data = self._redactor.redact(raw)
        try:
            return data.decode()
        except UnicodeDecodeError:
            return blob(data)

    def elsewhere(self) -> Sequence[str]:
        """The numbers of those that hold keys."""
        (said,) = self._answers(("INFO", "keyspace"))
        return [number for number in map(bytes.decode, _KEYSPACE.findall(said)) if number != self._database]

    def version(self) -> Json:
        """Changes with every write to the server; saving and a restart, which begin to count anew, change it too."""
        said = dict(_COUNTED.findall(b"\n".join(self._answers(("INFO", "server"), ("INFO", "persistence")))))
        if _CHANGES not in said:
            raise InconclusiveError(
                f"store {self._name}: {self._at} has no {_CHANGES.decode()} in its INFO; the gate needs Redis or Valkey"
            )
        return {name.decode(): value.decode() for name, value in said.items()}

    def undrained(self, table: str, published: str) -> int:
        """Raises InconclusiveError: a cache has no outbox."""
        raise InconclusiveError(
            f"store {self._name}: {table} in Redis cannot be an outbox, which is a table of a database;"
            " check 'observe.messages' in gate.yml"
        )

    def close(self) -> None:
        """Let the connection go."""
        self._client.close()

    def _answers(self, *commands: tuple[object, ...]) -> list[Any]:
        """What the server says, in one round trip."""
        try:
            with self._client.pipeline(transaction=False) as pipeline:
                ask: Callable[..., object] = pipeline.execute_command
                ask("CLIENT NO-TOUCH", "ON")  # reading is no use of a key; before 7.2 an error, and it is
                for command in commands:
                    ask(*command)
                answers = pipeline.execute(raise_on_error=False)[1:]
        except redis.RedisError as error:
            raise self._error("cannot be read", error) from None
        for answer in answers:
            if isinstance(answer, Exception):
                raise self._error("cannot be read", answer)
        return answers

    def _too_much(self, what: str) -> InconclusiveError:
        return InconclusiveError(
            f"store {self._name}: more than {what} in {self._at};"
            " name the keys to compare in its 'keys' in gate.yml"
        )

    def _error(self, what: str, error: Exception) -> InconclusiveError:
        seen = self._redactor.redact_text(" ".join(str(error).split()))
        return InconclusiveError(
            f"store {self._name}: Redis at {self._at} {what}: {seen}; check 'state' in gate.yml"
        )


def _score(raw: bytes) -> Json:
    score = float(raw)
    return score if isfinite(score) else str(score)  # as JSON it would be null
