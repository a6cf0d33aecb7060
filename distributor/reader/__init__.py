"""The public pages: letters, lists of them, feeds, unsubscribing."""
