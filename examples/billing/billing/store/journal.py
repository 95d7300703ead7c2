"""The outbox and the audit log, written in the transaction of the change that they tell about."""

import json
from collections.abc import Sequence

from billing import clock, tracing
from billing.model import OutboxEvent
from billing.store.database import Reader, Transaction, Value


def emit(tx: Transaction, aggregate_type: str, aggregate_id: str, kind: str, **payload: Value) -> None:
    """Queue an event for the world outside."""
    tx.execute(
        "INSERT INTO outbox (aggregate_type, aggregate_id, type, payload, trace_id, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        aggregate_type, aggregate_id, kind, json.dumps(payload), tracing.current().trace_id, clock.now(),
    )  # fmt: skip


def audit(
    tx: Transaction,
    merchant_id: str,
    actor: str,
    action: str,
    entity_type: str,
    entity_id: str,
    **detail: Value,
) -> None:
    """Note who did what to which entity."""
    tx.execute(
        "INSERT INTO audit_log "
        "(merchant_id, actor, action, entity_type, entity_id, detail, trace_id, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        merchant_id, actor, action, entity_type, entity_id,
        json.dumps(detail), tracing.current().trace_id, clock.now(),
    )  # fmt: skip


def unpublished(reader: Reader, limit: int) -> list[OutboxEvent]:
    """The events that the relay has not taken yet, in order."""
    rows = reader.all(
        "SELECT id, aggregate_type, aggregate_id, type, payload, trace_id FROM outbox "
        "WHERE published_at IS NULL ORDER BY id LIMIT ?",
        limit,
    )
    return [OutboxEvent(**row) for row in rows]


def mark_published(tx: Transaction, events: Sequence[OutboxEvent]) -> None:
    at = clock.now()
    for event in events:
        tx.execute("UPDATE outbox SET published_at = ? WHERE id = ?", at, event.id)
