"""The commands: what they print for people and machines, and how they refuse."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Pantura Kini</title>
<item><guid isPermaLink="false">g1</guid><link>https://pantura.example/1</link><title>Panen raya di Gending</title>
<description>Petani tersenyum.</description><pubDate>Sat, 14 Mar 2020 03:00:00 +0000</pubDate></item></channel></rss>"""


@pytest.fixture
def subscribed(kabar: Any, publisher: Any) -> Any:
    """Return the command, with one source that was added and polled once."""
    kabar.allow(publisher.origin)
    url = publisher.serve("/feed", FEED, ETag='"one"')
    assert kabar("sources", "add", url, "--slug", "pantura", "--region", "jatim/probolinggo").status == 0
    assert kabar("poll", "--due").status == 0
    return kabar


@pytest.mark.parametrize("group", [(), ("sources",), ("items",), ("config",), ("db",), ("poll",), ("run",), ("demo",)])
def test_each_command_explains_itself(kabar: Any, group: tuple[str, ...]) -> None:
    said = kabar(*group, "--help")
    assert said.status == 0
    assert "Usage:" in said.out
    assert said.err == ""


def test_add_gives_the_promised_shape_and_makes_no_request(kabar: Any, publisher: Any) -> None:
    url = publisher.serve("/feed", FEED)
    said = kabar("sources", "add", url, "--json")
    assert said.json == {"source": "127-0-0-1", "feed_id": 1, "url": url}
    assert publisher.requests == []


def test_poll_gives_the_promised_shape(subscribed: Any) -> None:
    document = subscribed("poll", "--all", "--force", "--json").json
    [row] = document["polls"]
    assert set(row) == {
        "feed_id", "source", "url", "outcome", "kind", "reason", "status", "ms", "new", "updated", "known",
        "next_poll_at", "next_poll_why",
    }  # fmt: skip
    assert (row["source"], row["outcome"], row["status"], row["kind"]) == ("pantura", "not_modified", 304, None)
    assert document["totals"]["not_modified"] == 1
    assert row["next_poll_at"].endswith("Z")


def test_poll_takes_several_feeds_and_sources(subscribed: Any, publisher: Any) -> None:
    for name in ("/second", "/third"):
        subscribed("sources", "add", publisher.serve(name, FEED), "--slug", name[1:])
    polled = subscribed("poll", "--feed", "3", "--feed", "1", "--feed", "3", "--force", "--json").json["polls"]
    assert sorted(row["feed_id"] for row in polled) == [1, 3]
    polled = subscribed("poll", "--source", "second", "--source", "third", "--force", "--json").json["polls"]
    assert sorted(row["source"] for row in polled) == ["second", "third"]


def test_items_give_the_promised_shape(subscribed: Any) -> None:
    [item] = subscribed("items", "list", "--json").json
    assert set(item) >= {
        "id", "source", "feed_id", "key", "url", "canonical_url", "title", "summary_html", "content_html", "byline",
        "published_at", "date_from", "first_seen_at", "listed_at", "duplicate_of", "regions",
    }  # fmt: skip
    assert (item["title"], item["regions"]) == ("Panen raya di Gending", ["jatim/probolinggo"])
    assert item["listed_at"] == item["published_at"] == "2020-03-14T03:00:00Z"


def test_people_get_tables_and_sentences(subscribed: Any) -> None:
    assert "Panen raya di Gending" in subscribed("items", "list").out
    assert "healthy" in subscribed("sources", "list").out
    shown = subscribed("sources", "show", "pantura").out
    assert "next poll" in shown
    assert "every" in shown or "usual interval" in shown


def test_a_withdrawn_item_is_gone_and_stays_gone(subscribed: Any, publisher: Any) -> None:
    assert "withdrawn" in subscribed("items", "withdraw", "1", "--reason", "permintaan penerbit").out
    publisher.serve("/feed", FEED.replace("raya", "besar"), ETag='"two"')
    subscribed("poll", "--source", "pantura", "--force")
    assert subscribed("items", "list", "--json").json == []
    assert subscribed("items", "show", "1", "--json").json["withdrawn_at"] is not None


def test_opml_goes_out_and_comes_back(subscribed: Any, tmp_path: Path) -> None:
    exported = subscribed("sources", "export")
    (tmp_path / "out.opml").write_text(exported.out)
    assert 'xmlUrl="http://127.0.0.1' in exported.out
    assert subscribed("sources", "import", "out.opml").out.startswith("0 added, 1 known")


def test_an_import_can_be_rehearsed(kabar: Any, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("https://a.example/feed\n# catatan\n\nhttps://b.example/rss\nbukan alamat\n")
    said = kabar("sources", "import", "list.txt", "--dry-run")
    assert "2 would be added, 0 known already, 1 invalid" in said.out
    assert kabar("sources", "list", "--json").json == []
    assert len(kabar("sources", "import", "list.txt", "--json").json["added"]) == 2


def test_a_feed_that_fails_is_a_result(kabar: Any, publisher: Any) -> None:
    kabar.allow(publisher.origin)
    kabar("sources", "add", publisher.origin + "/none")
    said = kabar("poll", "--json")
    assert (said.status, said.json["polls"][0]["kind"]) == (0, "status_not_found")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("sources", "add", "bukan alamat"), "bukan alamat is no address of a feed"),
        (("sources", "add", "https://a.example/f", "--region", "jatim/probolingo"), "did you mean jatim/probolinggo?"),
        (("sources", "show", "tidak-ada"), "there is no source tidak-ada"),
        (("sources", "import", "tidak-ada.opml"), "tidak-ada.opml can't be read"),
        (("items", "show", "99"), "there is no item 99"),
        (("poll", "--feed", "99"), "there is no feed 99"),
        (("poll", "--all", "--due"), "choose one of"),
        (("items", "list", "--limit", "0"), "0 is not in the range"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(kabar: Any, arguments: tuple[str, ...], says: str) -> None:
    said = kabar(*arguments)
    assert said.status == 2
    assert says in said.err
    assert "Traceback" not in said.err


def test_a_broken_configuration_is_one_line_and_status_2(kabar: Any) -> None:
    kabar.config.write_text("[fetch]\nhost_gap = 2\n")
    said = kabar("config", "show")
    assert said.status == 2
    assert said.err == f"kabar: {kabar.config}:2: unknown key fetch.host_gap; did you mean host_gap_s?\n"


def test_messages_follow_the_locale(kabar: Any) -> None:
    said = kabar("items", "show", "99", LC_ALL="id_ID.UTF-8")
    assert said.err != kabar("items", "show", "99").err
    assert "99" in said.err


def test_a_data_folder_that_cannot_be_written_is_named(kabar: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = kabar("sources", "list", KABAR_DATA=str(tmp_path / "file" / "var"))
    assert said.status == 1
    assert "can't be written" in said.err
    assert said.err.count("\n") == 1


def test_a_port_in_use_is_named(kabar: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = kabar("run", "--port", str(port))
    assert said.status == 2
    assert f"127.0.0.1:{port} is in use" in said.err


def test_a_newer_database_is_refused_with_the_way_back(kabar: Any) -> None:
    import sqlite3  # noqa: PLC0415  the only test that needs it

    assert kabar("db", "upgrade").status == 0
    assert "sound" in kabar("db", "check").out
    with sqlite3.connect(kabar.folder / "var" / "kabar.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    said = kabar("sources", "list")
    assert said.status == 1
    assert "newer version of kabar (revision 9999)" in said.err


def test_config_plan_and_apply(kabar: Any) -> None:
    kabar.config.write_text("[[sources]]\nname = 'Pantura Kini'\nfeeds = ['https://pantura.example/feed']\n")
    assert kabar("config", "plan").out == "add     pantura-kini\n1 steps\n"
    assert kabar("sources", "list", "--json").json == []
    assert [step["action"] for step in kabar("config", "apply", "--json").json["steps"]] == ["add"]
    said = kabar("sources", "remove", "pantura-kini")
    assert said.status == 2
    assert "config apply" in said.err
    kabar.config.write_text("")
    assert kabar("config", "apply").out.startswith("pause   pantura-kini")
    assert kabar("sources", "list", "--json").json[0]["condition"] == "paused"


def test_config_show_says_where_a_value_comes_from(kabar: Any) -> None:
    kabar.config.write_text("[web]\nport = 9000\n")
    out = kabar("config", "show").out
    assert "config.toml:2" in out
    assert "environment" in out
    assert json.loads(kabar("config", "show", "--json").out)["web"]["port"] == 9000
