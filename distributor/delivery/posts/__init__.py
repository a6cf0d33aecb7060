"""Posts: one call each, lost answers looked up, and what is out recalled."""
