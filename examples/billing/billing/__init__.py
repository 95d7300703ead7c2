"""Billing: subscriptions, invoices and the payments that settle them."""
