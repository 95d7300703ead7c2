CREATE TABLE payments (
    id               TEXT PRIMARY KEY,
    invoice_id       TEXT NOT NULL REFERENCES invoices (id),
    customer_id      TEXT NOT NULL REFERENCES customers (id),
    status           TEXT NOT NULL,
    amount_cents     INTEGER NOT NULL CHECK (amount_cents > 0),
    currency         TEXT NOT NULL,
    intent_id        TEXT NOT NULL,
    charge_id        TEXT,
    idempotency_key  TEXT NOT NULL UNIQUE,
    failure_code     TEXT,
    settled_at       TEXT,
    created_at       TEXT NOT NULL,
    updated_at       TEXT NOT NULL
);

CREATE INDEX payments_by_invoice ON payments (invoice_id, created_at);

CREATE TABLE refunds (
    id                  TEXT PRIMARY KEY,
    invoice_id          TEXT NOT NULL REFERENCES invoices (id),
    payment_id          TEXT NOT NULL REFERENCES payments (id),
    status              TEXT NOT NULL,
    amount_cents        INTEGER NOT NULL CHECK (amount_cents > 0),
    reason              TEXT NOT NULL,
    provider_refund_id  TEXT,
    created_at          TEXT NOT NULL,
    updated_at          TEXT NOT NULL
);

-- The provider delivers at least once: its event ids are kept, so that a redelivery is known.
CREATE TABLE provider_events (
    id           TEXT PRIMARY KEY,
    type         TEXT NOT NULL,
    intent_id    TEXT NOT NULL,
    received_at  TEXT NOT NULL
);
