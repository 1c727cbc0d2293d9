"""The WSGI entry: `web.wsgi:application`, as the environment of the process describes it."""

import os

from aggregator import log
from web.startup import from_environment

log.configure()
application = from_environment(os.environ)
