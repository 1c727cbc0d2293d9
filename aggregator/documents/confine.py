"""What a parser process does before its first document."""

import resource


def confine(limit_bytes: int) -> None:
    """Limit the memory that this process can ask for; a document that needs more raises MemoryError."""
    resource.setrlimit(resource.RLIMIT_DATA, (limit_bytes, limit_bytes))
