"""The exception tree. A reason is a kind and its parts; `wording` makes the sentence."""

from aggregator.model.reason import Reason


class AggregatorError(Exception):
    """Something expected went wrong; `reason` says what, in parts, for any language."""

    def __init__(self, kind: str, **parts: str | int | float | None) -> None:
        super().__init__(f"{kind} {parts}" if parts else kind)
        self.reason = Reason(kind, {name: value for name, value in parts.items() if value is not None})

    def __reduce__(self) -> tuple[object, ...]:
        """Return how another process makes this error again: exceptions with keywords are not pickled by themselves."""
        return _again, (type(self), self.reason)


class FeedError(AggregatorError):
    """The outside world failed us: expected, recorded on the feed, retried."""


class AddressNotAllowedError(FeedError):
    """The address or scheme is one that we never connect to (POLLING.md rule 5)."""


class NetworkError(FeedError):
    """No whole answer came: name, connection, TLS, deadline or broken HTTP."""


class HostileError(FeedError):
    """The answer would have cost too much: too large, too slow, too deep, or it killed its parser."""


class NotAFeedError(FeedError):
    """A whole answer came, but it is no feed."""


class UsageError(AggregatorError):
    """A person asked for something that can't be done; nothing was changed. Exit status 2."""


class ConfigError(UsageError):
    """config.toml or a KABAR_ variable can't be used; the old settings stay."""


class DatabaseError(AggregatorError):
    """The database can't be opened, is locked, or belongs to another version."""


def _again(cls: type[AggregatorError], reason: Reason) -> AggregatorError:
    return cls(reason.kind, **reason.parts)
