"""Threads: a post, or several that answer each other, of one account."""
