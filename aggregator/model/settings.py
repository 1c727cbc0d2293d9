"""Settings that a floor below config takes: plain nouns, so that nothing has to import the configuration."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FetchConfig:
    """Limits of every outbound connection; times in seconds, sizes in bytes."""

    user_agent: str
    allow_origins: tuple[str, ...] = ()  # scheme://host:port, each an exact exception from the address rule
    concurrency: int = 64
    host_concurrency: int = 2
    host_gap_s: float = 1.0
    connect_s: float = 5
    first_byte_s: float = 10
    total_s: float = 30
    max_wire_bytes: int = 10_000_000
    max_body_bytes: int = 10_000_000
    max_head_bytes: int = 64_000
    max_headers: int = 100
    max_redirects: int = 5
