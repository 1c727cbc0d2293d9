"""An audit row: who changed what, when, and how it was before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A person's change. `action` is stable (`source.add`), `subject` names the thing (`source:radar-x`)."""

    at: datetime
    actor: str
    action: str
    subject: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    why: str = ""
