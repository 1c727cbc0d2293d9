"""The least that polling can cost here: conditional fetch, gunzip, lxml, one insert a document, and nothing else.

`python -m benchmarks.limit DATABASE URLS_FILE`
"""

import asyncio
import sqlite3
import sys
from pathlib import Path
from typing import Any

import aiohttp
from lxml import etree

from benchmarks.resident import serve

IN_FLIGHT = 64
_ITEM_TAGS = ("item", "{http://www.w3.org/2005/Atom}entry")
_INSERT = "INSERT OR IGNORE INTO item VALUES (?, ?, ?, ?, ?)"


def rows(url: str, body: bytes) -> list[tuple[str, str, str, str, str]]:
    """Return what a document's items say, by local name, untouched."""
    root = etree.fromstring(body.strip(), etree.XMLParser(recover=True, resolve_entities=False))
    found = []
    for item in root.iter(*_ITEM_TAGS):
        texts = {etree.QName(child).localname: child.text or "" for child in item if isinstance(child.tag, str)}
        key = texts.get("guid") or texts.get("id") or texts.get("link", "")
        body_text = texts.get("encoded") or texts.get("content") or texts.get("description", "")
        date = texts.get("pubDate") or texts.get("published", "")
        found.append((url, key, texts.get("title", ""), body_text, date))
    return found


async def poll_all(session: aiohttp.ClientSession, etags: dict[str, str], database: sqlite3.Connection) -> int:
    """Ask for every feed and keep its new items; return how many answers had a body."""
    slots = asyncio.Semaphore(IN_FLIGHT)

    async def poll(url: str) -> int:
        async with slots, session.get(url, headers={"If-None-Match": etags[url]} if etags[url] else None) as answer:
            if answer.status != 200:
                return 0
            found = rows(url, await answer.read())
            etags[url] = answer.headers.get("ETag", "")
        database.executemany(_INSERT, found)
        return 1

    n_read = sum(await asyncio.gather(*map(poll, etags)))
    database.commit()
    return n_read


def main(path: str, urls: str) -> None:
    """Answer each line with a round."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE item (url, key, title, body, date, PRIMARY KEY (url, key))")
    etags = dict.fromkeys(Path(urls).read_text().split(), "")
    with asyncio.Runner() as runner:

        async def opened() -> aiohttp.ClientSession:
            return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

        session = runner.run(opened())

        def answer(_line: list[str]) -> Any:
            return {"read": runner.run(poll_all(session, etags, database))}

        serve(answer)
        runner.run(session.close())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
