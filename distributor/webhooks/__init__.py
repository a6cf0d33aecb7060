"""What goes out to programs: announcements of what happened, by signed webhooks and by a stream of events."""
