"""X, by its share-bar name: a post, or a thread, to one account."""
