"""Dispatches, batches, deliveries and attempts: planning, the ledger, sending."""
