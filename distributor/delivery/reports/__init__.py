"""What became of dispatches and digests, for people and machines."""
