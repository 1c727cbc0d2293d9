"""lemon24/reader, resident: updates all its feeds for each line. It runs in reader's environment, not in ours.

`python reader_polls.py DATABASE URLS_FILE`
"""

import json
import sys
from pathlib import Path

from reader import make_reader  # type: ignore[import-not-found]

if __name__ == "__main__":
    reader = make_reader(sys.argv[1])
    for url in Path(sys.argv[2]).read_text().split():
        reader.add_feed(url)
    print(json.dumps("ready"), flush=True)
    for _ in sys.stdin:
        reader.update_feeds(scheduled=False, workers=2)
        print(json.dumps({"entries": reader.get_entry_counts().total}), flush=True)
