"""Publications, series, authors and letters; `intake` turns sources into drafts."""
