"""config.toml to frozen sections, which are read once and passed down.

Precedence: environment (KABAR__SECTION__KEY) over the file over the defaults. Unknown keys are errors.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from platformdirs import user_data_path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from yarl import URL

from aggregator import __version__
from aggregator.errors import ConfigError
from aggregator.model.settings import FetchConfig

ENV_PREFIX = "KABAR__"
PROJECT_PAGE = "https://kabar.example/"


def _http_url(value: str) -> str:
    """Return the address if it is an absolute http(s) one with a host, without credentials."""
    try:
        url = URL(value)
    except ValueError as error:
        raise ValueError(f"not an address: {error}") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("an address starts with http:// or https:// and names a host")
    if url.user or url.password:
        raise ValueError("an address here has no user name or password")
    return value


def _origin(value: str) -> str:
    url = URL(_http_url(value))
    if url.path not in ("", "/") or url.query_string or url.fragment:
        raise ValueError("an origin is scheme, host and port only, such as http://127.0.0.1:8765")
    return f"{url.scheme}://{url.host_port_subcomponent}" if url.explicit_port else str(url.origin())


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("not an IANA time zone, such as Asia/Jakarta, Asia/Makassar or Asia/Jayapura") from None
    return value


HttpUrl = Annotated[str, StringConstraints(max_length=2048), AfterValidator(_http_url)]
OptionalUrl = Annotated[str, AfterValidator(lambda value: _http_url(value).rstrip("/") if value else "")]
AllowedOrigin = Annotated[str, AfterValidator(_origin)]
Zone = Annotated[str, AfterValidator(_zone)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
RegionPath = Annotated[str, StringConstraints(pattern=r"^([a-z0-9-]+(/[a-z0-9-]+)*)?$", max_length=120)]


class Section(BaseModel):
    """A frozen part of the configuration; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SiteConfig(Section):
    """Who runs this site, under which address, for which region."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=60)] = "Kabar"
    operator: Annotated[str, StringConstraints(max_length=120)] = ""
    contact: Annotated[str, StringConstraints(max_length=200)] = ""
    base_url: OptionalUrl = ""
    home_region: RegionPath = ""
    language: Literal["id", "en"] = "id"
    zone: Zone = "Asia/Jakarta"


class WebConfig(Section):
    """Where the web process listens."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    workers: Annotated[int, Field(ge=1, le=32)] = 1


class FetchSection(Section):
    """Limits of every outbound connection (POLLING.md sections 1 and 4)."""

    allow_origins: tuple[AllowedOrigin, ...] = ()
    concurrency: Annotated[int, Field(ge=1, le=1000)] = 64
    host_concurrency: Annotated[int, Field(ge=1, le=128)] = 2
    host_gap_s: Annotated[float, Field(ge=0, le=3600)] = 1.0
    connect_s: Annotated[float, Field(gt=0, le=60)] = 5.0
    first_byte_s: Annotated[float, Field(gt=0, le=120)] = 10.0
    total_s: Annotated[float, Field(gt=0, le=300)] = 30.0
    max_wire_bytes: Annotated[int, Field(ge=10_000, le=100_000_000)] = 10_000_000
    max_body_bytes: Annotated[int, Field(ge=10_000, le=100_000_000)] = 10_000_000
    max_head_bytes: Annotated[int, Field(ge=8_000, le=1_000_000)] = 64_000
    max_headers: Annotated[int, Field(ge=20, le=1000)] = 100
    max_redirects: Annotated[int, Field(ge=0, le=20)] = 5


class PollConfig(Section):
    """When a feed is asked again (POLLING.md sections 3 and 6)."""

    interval_s: Annotated[int, Field(ge=60, le=86_400)] = 1800
    floor_s: Annotated[int, Field(ge=60, le=86_400)] = 900
    fast_floor_s: Annotated[int, Field(ge=60, le=86_400)] = 300
    ceiling_s: Annotated[int, Field(ge=60, le=604_800)] = 86_400
    tick_s: Annotated[float, Field(ge=0.2, le=60)] = 5.0
    lease_s: Annotated[int, Field(ge=5, le=3600)] = 600
    in_flight: Annotated[int, Field(ge=1, le=5000)] = 256
    parsers: Annotated[int, Field(ge=1, le=32)] = 2
    parse_s: Annotated[float, Field(gt=0, le=60)] = 10.0
    parse_memory_mb: Annotated[int, Field(ge=128, le=4096)] = 512


class MergedFeedConfig(Section):
    """How our own feeds are made."""

    link_to: Literal["publisher", "site"] = "publisher"
    entries: Annotated[int, Field(ge=1, le=100)] = 50


def _for_ever_or_weeks(days: int) -> int:
    if 0 < days < 7:
        raise ValueError("0 keeps items for ever; else 7 days or more")
    return days


class RetainConfig(Section):
    """How long things are kept; headline, excerpt and link stay for ever unless items_days says otherwise."""

    content_days: Annotated[int, Field(ge=1, le=36_500)] = 30
    revisions_days: Annotated[int, Field(ge=1, le=36_500)] = 30
    items_days: Annotated[int, Field(ge=0, le=36_500), AfterValidator(_for_ever_or_weeks)] = 0
    batch: Annotated[int, Field(ge=10, le=5000)] = 500


class SourceConfig(Section):
    """One outlet of the file."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
    feeds: Annotated[tuple[HttpUrl, ...], Field(min_length=1, max_length=50)]
    slug: Slug | Literal[""] = ""
    site: OptionalUrl = ""
    region: RegionPath = ""
    zone: Zone | Literal[""] = ""
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")] = "id"
    owner: Annotated[str, StringConstraints(max_length=120, strip_whitespace=True)] = ""
    excerpt_chars: Annotated[int, Field(ge=0, le=1000)] = 280
    pictures: bool = True
    link_only: bool = False


class Config(BaseSettings):
    """The whole configuration; an empty file is valid and names no sources."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix=ENV_PREFIX,
        env_nested_delimiter="__",
        nested_model_default_partial_update=True,
    )

    site: SiteConfig = SiteConfig()
    web: WebConfig = WebConfig()
    fetch: FetchSection = FetchSection()
    poll: PollConfig = PollConfig()
    feed: MergedFeedConfig = MergedFeedConfig()
    retain: RetainConfig = RetainConfig()
    sources: tuple[SourceConfig, ...] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the environment before the file, which comes in as keywords."""
        return env_settings, init_settings

    @property
    def fetch_config(self) -> FetchConfig:
        """Return what the HTTP client is told."""
        return FetchConfig(user_agent=self.user_agent, **self.fetch.model_dump())

    @property
    def user_agent(self) -> str:
        """Return the one name we ask by: product, version and where a publisher reads about us (POLLING.md rule 1)."""
        page = f"{self.site.base_url}/about/publishers" if self.site.base_url else self.site.contact or PROJECT_PAGE
        return f"Kabar/{__version__} (+{page})".encode("ascii", "ignore").decode()


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration, the file it came from (None without one), and the text to find its lines in."""

    config: Config
    path: Path | None
    text: str = ""

    def line_of(self, *location: str | int) -> int | None:
        """Return the 1-based line of a key or table of the file, or of the nearest table around it."""
        return line_of(self.text, location)

    def origin_of(self, section: str, key: str) -> str:
        """Return where a value comes from: "environment", "PATH:LINE" or "default"."""
        if f"{ENV_PREFIX}{section}__{key}".upper() in {name.upper() for name in os.environ}:
            return "environment"
        return f"{self.path}:{line}" if (line := _exact_line(self.text, (section, key))) else "default"


@dataclass(frozen=True, slots=True)
class Places:
    """Where the service keeps things: from KABAR_DATA, KABAR_DATABASE_URL and KABAR_SECRET_KEY."""

    data: Path
    database_url: SecretStr
    secret_key: SecretStr | None


def find(environ: Mapping[str, str]) -> Path | None:
    """Return the path of the configuration file: KABAR_CONFIG, else ./config.toml if it exists, else None."""
    if named := environ.get("KABAR_CONFIG"):
        return Path(named)
    return path if (path := Path("config.toml")).is_file() else None


def places(environ: Mapping[str, str], config_path: Path | None, data: Path | None = None) -> Places:
    """Return the data folder and the database address; the folder is not made."""
    if data is None and "KABAR_DATA" in environ:
        data = Path(environ["KABAR_DATA"])
    if data is None:
        data = config_path.resolve().parent / "var" if config_path else user_data_path("kabar")
    data = data.absolute()
    url = environ.get("KABAR_DATABASE_URL") or f"sqlite:///{data / 'kabar.db'}"
    secret = environ.get("KABAR_SECRET_KEY")
    return Places(data, SecretStr(url), SecretStr(secret) if secret else None)


def load(path: Path | None) -> Loaded:
    """Return the configuration of a file (None: defaults and environment).

    Raises ConfigError with path, line, what is wrong and the nearest known key.
    """
    text = ""
    table: dict[str, Any] = {}
    if path is not None:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError("config_unreadable", path=str(path), detail=_os_reason(error)) from None
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError("config_syntax", path=str(path), detail=str(error)) from None
    try:
        return Loaded(Config(**table), path, text)
    except ValidationError as error:
        raise _config_error(error, path, text) from None


def _os_reason(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else "not UTF-8"


def _config_error(error: ValidationError, path: Path | None, text: str) -> ConfigError:
    """Return the first complaint of pydantic as a reason a person can act on."""
    first = min(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
    location = tuple(
        part for part in first["loc"] if not (isinstance(part, str) and part.startswith(("constrained", "literal")))
    )
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in location)
    variable = ENV_PREFIX + "__".join(str(part) for part in location).upper()
    line = line_of(text, location)
    where = variable if variable in os.environ or not (path and line) else f"{path}:{line}"
    others = len(error.errors()) - 1
    if first["type"] == "extra_forbidden":
        nearest = difflib.get_close_matches(str(location[-1]), _known_keys(location[:-1]), n=1, cutoff=0.5)
        return ConfigError(
            "config_unknown_key", where=where, key=key, nearest=nearest[0] if nearest else None, others=others
        )
    detail = first["msg"].removeprefix("Value error, ")
    return ConfigError("config_bad_value", where=where, key=key, detail=detail, others=others)


def _known_keys(parents: Sequence[str | int]) -> list[str]:
    """Return the keys that the table at this place may have."""
    if parents and parents[0] == "sources":
        return list(SourceConfig.model_fields)
    model: type[BaseModel] = Config
    for part in parents:
        field = model.model_fields.get(str(part))
        if field is None or not isinstance(field.annotation, type) or not issubclass(field.annotation, BaseModel):
            return []
        model = field.annotation
    return list(model.model_fields)


_TABLE = re.compile(r"^\s*(\[\[?)\s*([\w.\-\"']+)\s*\]\]?")
_KEY = re.compile(r"^\s*[\"']?([\w-]+)[\"']?\s*(?:=|\.)")


def _lines(text: str) -> dict[tuple[str | int, ...], int]:
    """Return the line of each table and key. tomllib keeps no positions, so the text is read again for them."""
    lines: dict[tuple[str | int, ...], int] = {}
    table: tuple[str | int, ...] = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if found := _TABLE.match(line):
            table = tuple(part.strip("\"'") for part in found[2].split("."))
            lines.setdefault(table, number)
            if found[1] == "[[":
                counts[found[2]] = counts.get(found[2], -1) + 1
                table = (*table, counts[found[2]])
                lines[table] = number
        elif found := _KEY.match(line):
            lines.setdefault((*table, found[1]), number)
    return lines


def _exact_line(text: str, location: tuple[str | int, ...]) -> int | None:
    return _lines(text).get(location)


def line_of(text: str, location: Sequence[str | int]) -> int | None:
    """Return the 1-based line of a key or table, else of the nearest table around it, else None."""
    lines = _lines(text)
    for length in range(len(location), 0, -1):
        if line := lines.get(tuple(location[:length])):
            return line
    return None
