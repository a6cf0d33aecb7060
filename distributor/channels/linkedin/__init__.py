"""LinkedIn: a post of one member or organisation."""
