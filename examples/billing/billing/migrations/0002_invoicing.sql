CREATE TABLE invoices (
    id               TEXT PRIMARY KEY,
    merchant_id      TEXT NOT NULL REFERENCES merchants (id),
    subscription_id  TEXT NOT NULL REFERENCES subscriptions (id),
    customer_id      TEXT NOT NULL REFERENCES customers (id),
    status           TEXT NOT NULL,
    currency         TEXT NOT NULL,
    period_start     TEXT NOT NULL,
    period_end       TEXT NOT NULL,
    subtotal_cents   INTEGER NOT NULL,
    tax_cents        INTEGER NOT NULL,
    total_cents      INTEGER NOT NULL,
    intent_id        TEXT UNIQUE,
    confirm_token    TEXT,
    paid_at          TEXT,
    created_at       TEXT NOT NULL,
    updated_at       TEXT NOT NULL
);

CREATE INDEX invoices_by_merchant ON invoices (merchant_id, status);

-- A period is invoiced once, unless the earlier invoice was made void.
CREATE UNIQUE INDEX invoices_by_period ON invoices (subscription_id, period_start) WHERE status <> 'void';

CREATE TABLE invoice_lines (
    id            TEXT PRIMARY KEY,
    invoice_id    TEXT NOT NULL REFERENCES invoices (id),
    position      INTEGER NOT NULL,
    kind          TEXT NOT NULL,
    description   TEXT NOT NULL,
    quantity      INTEGER NOT NULL,
    unit_cents    INTEGER NOT NULL,
    amount_cents  INTEGER NOT NULL,
    UNIQUE (invoice_id, position)
);

CREATE TABLE adjustments (
    id               TEXT PRIMARY KEY,
    subscription_id  TEXT NOT NULL REFERENCES subscriptions (id),
    kind             TEXT NOT NULL,
    description      TEXT NOT NULL,
    amount_cents     INTEGER NOT NULL,
    invoice_id       TEXT REFERENCES invoices (id),
    created_at       TEXT NOT NULL
);
