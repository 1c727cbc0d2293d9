"""The colours of the sheet, light and dark: text stands out 4.5 to 1 from what is behind it (WCAG 2.2, 1.4.3)."""

import re
from pathlib import Path

import pytest

SHEET = (Path(__file__).resolve().parents[2] / "web" / "static" / "kabar.css").read_text(encoding="utf-8")
LIGHT, DARK = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part)) for part in SHEET.split("@media (prefers", 2)[:2])
PAIRS = [(text, ground) for text in ("ink", "muted", "accent", "good", "warn", "bad") for ground in ("paper", "raised")]


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), [*PAIRS, ("on-accent", "accent"), ("focus", "paper")])
def test_text_stands_out(theme: dict[str, str], text: str, ground: str) -> None:
    low, high = sorted((_luminance(theme[text]), _luminance(theme[ground])))
    assert (high + 0.05) / (low + 0.05) >= 4.5
