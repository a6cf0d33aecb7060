"""Reports: what became of dispatches and digests, for people and machines. They change nothing."""
