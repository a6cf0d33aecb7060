"""What the larger kinds of things look like in answers."""
