"""One round of polls: fetch, parse, save, bounded at every step."""
