"""What systems send when a letter is published: each format gives a `Submission`, which becomes a draft."""
