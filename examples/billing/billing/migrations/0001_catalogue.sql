CREATE TABLE merchants (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    timezone    TEXT NOT NULL,
    currency    TEXT NOT NULL,
    tax_bp      INTEGER NOT NULL,
    created_at  TEXT NOT NULL
);

CREATE TABLE plans (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    amount_cents  INTEGER NOT NULL CHECK (amount_cents >= 0),
    currency      TEXT NOT NULL,
    interval      TEXT NOT NULL,
    created_at    TEXT NOT NULL
);

CREATE TABLE customers (
    id           TEXT PRIMARY KEY,
    merchant_id  TEXT NOT NULL REFERENCES merchants (id),
    name         TEXT NOT NULL,
    email        TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    UNIQUE (merchant_id, email)
);

CREATE TABLE subscriptions (
    id           TEXT PRIMARY KEY,
    merchant_id  TEXT NOT NULL REFERENCES merchants (id),
    customer_id  TEXT NOT NULL REFERENCES customers (id),
    payer_id     TEXT NOT NULL REFERENCES customers (id),
    plan_id      TEXT NOT NULL REFERENCES plans (id),
    status       TEXT NOT NULL,
    timezone     TEXT NOT NULL,
    starts_on    TEXT NOT NULL,
    canceled_at  TEXT,
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL
);
