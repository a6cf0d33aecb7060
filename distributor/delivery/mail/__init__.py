"""Mail dispatches: spread into batches, sent and recorded in the ledger."""
