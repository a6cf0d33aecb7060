"""Mail: a dispatch is spread into batches of recipients; each recipient's outcome is appended to the ledger."""
