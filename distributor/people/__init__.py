"""Who may use the desk, and what changes that."""
