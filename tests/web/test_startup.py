"""The site of an environment: configuration and database by KABAR_ variables, 503 until the tables are there."""

import time
from pathlib import Path

from aggregator.store.database import Database
from aggregator.store.upgrade import upgrade
from tests.web.build import Press
from web.startup import ASK_AGAIN_S, from_environment


def test_pages_wait_for_the_upgrade(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[site]\nname = "Warta Uji"\n')
    environ = {"KABAR_CONFIG": str(config), "KABAR_DATA": str(tmp_path / "var"), "KABAR_DEMO": "1"}
    app = from_environment({**environ, "KABAR_ADDRESS": "http://127.0.0.1:8181"})
    client = app.test_client()
    early = client.get("/")
    assert (early.status_code, early.headers["Retry-After"]) == (503, "30")
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
    database = Database(f"sqlite:///{tmp_path / 'var' / 'kabar.db'}")
    upgrade(database)
    press = Press(database)
    press.item(press.source("sumber", "Sumber"))
    time.sleep(ASK_AGAIN_S)
    page = client.get("/")
    assert page.status_code == 200
    for part in ("Warta Uji", "rekaan", "http://127.0.0.1:8181/feeds/latest.rss"):
        assert part in page.text
    database.close()
    app.extensions["kabar"].database.close()
