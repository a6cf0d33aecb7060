"""From a letter to dispatches: queueing, approval, and when each may go out."""
