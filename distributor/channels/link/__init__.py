"""Link: the letter published on our own pages and in the feeds."""
