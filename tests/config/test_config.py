"""config.toml: defaults, errors that name path, line and fix, and the file that we ship."""

import re
import tomllib
from pathlib import Path

import pytest

from aggregator.config import Config, find, load, places
from aggregator.errors import ConfigError
from aggregator.wording import sentence


@pytest.fixture
def write(tmp_path: Path):  # type: ignore[no-untyped-def]
    def to_file(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text)
        return path

    return to_file


def test_an_empty_file_is_valid_and_names_no_sources(write) -> None:  # type: ignore[no-untyped-def]
    assert load(write("")).config == Config()
    assert load(None).config.sources == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[fetch]\n\nhost_gap = 2\n", ":3: unknown key fetch.host_gap; did you mean host_gap_s?"),
        ("[sitee]\nname = 'x'\n", ":1: unknown key sitee; did you mean site?"),
        ("[poll]\ninterval_s = 'soon'\n", ":2: poll.interval_s: Input should be a valid integer"),
        ("[poll]\ninterval_s = 5\n", ":2: poll.interval_s: Input should be greater than or equal to 60"),
        ("[[sources]]\nname='a'\nfeeds=['ftp://a.example/feed']\n", ":3: sources.1.feeds.1: an address starts with"),
        ("[[sources]]\nname = 'a'\nfeeds = ['https://u:p@a.example/']\n", "no user name or password"),
        (
            "[[sources]]\nname = 'a'\nfeeds = ['https://a.example/']\n\n[[sources]]\nname = 'b'\nfeed = 'x'\n",
            ":7: unknown key sources.2.feed; did you mean feeds?",
        ),
        ("[[sources]]\nname = 'a'\n", ":1: sources.1.feeds: Field required"),
        ("[site]\nzone = 'WIB'\n", ":2: site.zone: not an IANA time zone"),
        ("[fetch]\nallow_origins = ['http://127.0.0.1:80/path']\n", ":2: fetch.allow_origins.1: an origin is scheme"),
        ("[fetch\n", "is not valid TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_path_line_and_fix(write, text: str, says: str) -> None:  # type: ignore[no-untyped-def]
    path = write(text)
    with pytest.raises(ConfigError) as caught:
        load(path)
    message = sentence(caught.value.reason)
    assert str(path) in message
    assert says in message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "none.toml")
    assert "none.toml can't be read" in sentence(caught.value.reason)


def test_the_environment_overrides_the_file(write, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("KABAR__FETCH__ALLOW_ORIGINS", '["http://127.0.0.1:8765"]')
    monkeypatch.setenv("KABAR__FETCH__HOST_CONCURRENCY", "64")
    loaded = load(write("[fetch]\nhost_gap_s = 2\nhost_concurrency = 1\n"))
    assert loaded.config.fetch.allow_origins == ("http://127.0.0.1:8765",)
    assert (loaded.config.fetch.host_gap_s, loaded.config.fetch.host_concurrency) == (2.0, 64)
    assert loaded.origin_of("fetch", "host_concurrency") == "environment"
    assert loaded.origin_of("fetch", "host_gap_s").endswith("config.toml:2")
    assert loaded.origin_of("fetch", "total_s") == "default"


def test_an_unknown_key_of_the_environment_is_named_as_one(write, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("KABAR__FETCH__HOST_GAP", "1")
    with pytest.raises(ConfigError) as caught:
        load(write("[fetch]\n"))
    assert sentence(caught.value.reason).startswith("KABAR__FETCH__HOST_GAP: unknown key")


def test_the_shipped_file_shows_every_setting_with_its_default() -> None:
    text = (Path(__file__).resolve().parents[2] / "config.toml").read_text()
    settings, _, _ = text.partition("# Sources. ")
    shown = tomllib.loads(re.sub(r"^# (\w+ = )", r"\1", settings, flags=re.MULTILINE))
    assert shown == Config().model_dump(mode="json", exclude={"sources"})


def test_the_shipped_file_names_about_forty_sources_of_the_archipelago(monkeypatch: pytest.MonkeyPatch) -> None:
    config = load(Path(__file__).resolve().parents[2] / "config.toml").config
    assert 38 <= len(config.sources) <= 45
    provinces = {source.region.split("/")[0] for source in config.sources}
    assert len(provinces) >= 20
    assert config.sources[0].region.startswith("jatim")


def test_data_stands_beside_the_file_unless_the_environment_says_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert places({}, path).data == tmp_path / "var"
    assert places({"KABAR_DATA": str(tmp_path / "d")}, path).data == tmp_path / "d"
    assert places({}, path).database_url.get_secret_value() == f"sqlite:///{tmp_path / 'var' / 'kabar.db'}"
    url = "postgresql://kabar@db.example/kabar"
    assert places({"KABAR_DATABASE_URL": url}, path).database_url.get_secret_value() == url
    assert find({"KABAR_CONFIG": "elsewhere.toml"}) == Path("elsewhere.toml")


def test_the_user_agent_leads_to_a_page_about_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KABAR__SITE__CONTACT", "redaksi@kabar.example")
    assert load(None).config.user_agent.endswith("(+redaksi@kabar.example)")
    monkeypatch.setenv("KABAR__SITE__BASE_URL", "https://kabar.example/")
    assert load(None).config.user_agent.endswith("(+https://kabar.example/about/publishers)")
