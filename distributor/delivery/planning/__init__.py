"""Planning: from a letter to dispatches, their approval, and the earliest moment at which each may be released."""
