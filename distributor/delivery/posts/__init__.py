"""Posts: one call each, with a row before it. A lost answer is looked up, and what is out can be recalled."""
