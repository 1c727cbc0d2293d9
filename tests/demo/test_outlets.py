"""The outlets are many, invented, and stand where the region pack has a place."""

import csv
import re
from collections import Counter
from pathlib import Path

from aggregator.demo.outlets import outlets
from aggregator.demo.places import places
from aggregator.demo.press import Press
from aggregator.demo.sources import sources_of

REAL_NAMES = re.compile(
    r"\b(antara|detik|kompas|tribun|radar|kabarpas|jawa pos|tempo|merdeka|okezone|liputan6?|fajar|cenderawasih pos"
    r"|times|idn|rri|tvri|metro|suara|surya|bhirawa|memorandum|pantura ?7|wartabromo|bromo fm)\b"
)


def test_there_are_forty_outlets_of_thirty_owners_in_more_than_a_dozen_regions() -> None:
    owners = Counter(outlet.owner for outlet in outlets())
    assert len(outlets()) == 43
    assert len(owners) == 30
    assert sorted(owners.values())[-4:] == [3, 4, 4, 6]
    assert len({outlet.place.slug for outlet in outlets()}) == 21


def test_the_home_region_comes_first_and_has_most_outlets() -> None:
    at_home = [outlet for outlet in outlets() if outlet.place.slug.endswith("probolinggo")]
    assert outlets()[0].place.slug == "jatim/probolinggo"
    assert len(at_home) == 7


def test_slugs_names_and_hosts_are_unique() -> None:
    for held in ("slug", "name", "host"):
        assert len({getattr(outlet, held) for outlet in outlets()}) == len(outlets())


def test_all_habits_that_feeds_may_have_occur() -> None:
    assert {outlet.format for outlet in outlets()} == {"rss", "atom", "json"}
    assert {outlet.dates for outlet in outlets()} == {"zoned", "local", "indonesian"}
    assert {outlet.body for outlet in outlets()} == {"full", "excerpt"}
    assert {outlet.byline for outlet in outlets()} == {"block", "creator", "none"}
    assert {outlet.role for outlet in outlets()} == {"local", "english", "wire", "broken", "flood", "ring"}
    assert {outlet.place.zone for outlet in outlets()} == {"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"}


def test_dates_without_a_zone_are_a_habit_of_rss_alone() -> None:
    assert {outlet.format for outlet in outlets() if outlet.dates != "zoned"} == {"rss"}


def test_the_ring_has_four_owners_and_no_trust() -> None:
    ring = [outlet for outlet in outlets() if outlet.role == "ring"]
    assert len(ring) == len({outlet.owner for outlet in ring}) == 4
    assert {outlet.trust for outlet in ring} == {"new"}


def test_no_outlet_bears_the_name_of_real_media() -> None:
    assert [outlet.name for outlet in outlets() if REAL_NAMES.search(outlet.name.lower())] == []


def test_no_outlet_is_in_the_list_of_real_feeds(shared: Path) -> None:
    with (shared / "corpus/sources/id-regional-feeds.csv").open(encoding="utf-8") as rows:
        real = {re.sub(r"\W|\.(com|id|co|net|news)\b", "", row["name"].lower()) for row in csv.DictReader(rows)}
    assert [outlet.name for outlet in outlets() if outlet.name.replace(" ", "").lower() in real] == []


def test_places_are_those_of_the_gazetteer(shared: Path) -> None:
    with (shared / "geo/id_regions.csv").open(encoding="utf-8") as rows:
        held = {row["slug"]: (row["name"], row["tz"]) for row in csv.DictReader(rows)}
    assert {slug: held.get(slug) for slug in places()} == {
        slug: (place.name, place.zone) for slug, place in places().items()
    }


def test_districts_named_as_coast_or_slope_exist() -> None:
    for place in places().values():
        assert place.coast | place.slope <= {district.name for district in place.districts}
        assert set(place.near) <= set(places())


def test_sources_point_at_the_address_served(press: Press) -> None:
    sources = sources_of(press, "http://127.0.0.1:8765")
    assert len({source.feed_url for source in sources}) == 43
    assert sources[0].feed_url == "http://127.0.0.1:8765/bromo-pagi/feed"
    assert (sources[0].owner_name, sources[0].region) == ("Tengger Raya Media", "jatim/probolinggo")
