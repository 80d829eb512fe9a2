"""The catalogue's pages, by subject."""
