"""Facebook: a post on one page."""
