"""The package as a whole: what it ships, whose data it carries, how large its parts are."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path for folder in ("aggregator", "web") for path in (ROOT / folder).rglob("*.py"))


def test_the_wheel_holds_data_templates_words_and_licences(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("kabar-*.whl")
    names = {re.sub(r"^kabar-[\d.]+\d", "kabar", name) for name in zipfile.ZipFile(wheel).namelist()}
    shipped = {
        path.relative_to(ROOT).as_posix()
        for folder in ("aggregator", "web")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert shipped - names == set()
    assert {"kabar.dist-info/licenses/LICENSE", "kabar.dist-info/licenses/NOTICE"} <= names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "docs/"))]


def test_each_data_file_is_named_in_the_notice() -> None:
    notice = (ROOT / "NOTICE").read_text()
    files = [path.relative_to(ROOT).as_posix() for path in (ROOT / "aggregator" / "data").rglob("*") if path.is_file()]
    assert files != []
    assert [name for name in files if name not in notice] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_is_small_and_imports_at_its_top(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    assert (
        re.findall(r"^[ \t]+(?:import|from)[ \t]+[a-z_.]+$|^[ \t]+from[ \t]+[a-z_.]+[ \t]+import", text, re.MULTILINE)
        == []
    )


def test_the_locks_hold_hashes_and_no_address() -> None:
    for name in ("run.lock", "dev.lock"):
        text = (ROOT / "requirements" / name).read_text()
        assert "://" not in text
        requirements = re.findall(r"^[a-z0-9A-Z].*==", text, re.MULTILINE)
        assert len(requirements) > 30
        assert text.count("\\\n") >= len(requirements)
