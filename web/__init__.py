"""The web: pages and merged feeds. It reads the store and never opens a connection outward."""

from flask import Flask

from aggregator import clock as machine
from aggregator import wording
from aggregator.clock import Clock
from aggregator.config import Config
from aggregator.store.database import Database
from web import cache, errors, facts, filters, merged_feeds, operations, reading, security
from web.context import Site


def create_app(
    database: Database,
    config: Config,
    *,
    address: str,
    clock: Clock = machine.now,
    is_demo: bool = False,
) -> Flask:
    """Return the site of a database. `address` is the http://HOST:PORT listened on; nothing is asked of it here."""
    app = Flask(__name__, static_folder=None)
    # Werkzeug's own redirects are built from the Host header; an unclean address is simply not found.
    app.url_map.merge_slashes = False
    app.extensions["kabar"] = Site(database, config, address.rstrip("/"), clock, is_demo)
    app.extensions[cache.EXTENSION] = cache.Cache()
    app.extensions[facts.EXTENSION] = facts.Facts(database)
    app.before_request(security.check_host)
    app.after_request(security.add_headers)
    errors.register(app)
    filters.register(app)
    app.register_blueprint(operations.bp)
    app.register_blueprint(merged_feeds.bp)
    for language in wording.LANGUAGES:
        prefix = "" if language == config.site.language else f"/{language}"
        app.register_blueprint(reading.blueprint(language, prefix))
    return app
