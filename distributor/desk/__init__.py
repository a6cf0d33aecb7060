"""The editors' web interface."""
