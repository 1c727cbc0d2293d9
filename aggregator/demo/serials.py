"""What is not an event: schedules and prices of every day, the flood of near-copies, the ring of advertisers."""

from datetime import datetime, timedelta
from random import Random

from aggregator.demo.events import ZONE_NAMES, in_title, long_date
from aggregator.demo.outlets import Outlet
from aggregator.demo.places import places
from aggregator.demo.prose import Text, signatures
from aggregator.demo.tables import table

_SKIES = ("Cerah Berawan", "Hujan Ringan", "Berawan", "Hujan Disertai Petir", "Berawan Tebal", "Cerah")
_PRAYERS = {"subuh": (3, 45), "zuhur": (11, 25), "asar": (14, 48), "magrib": (17, 38), "isya": (18, 52)}


def recurring(form: str, outlet: Outlet, at: datetime) -> Text:
    """Return the schedule, price or forecast of a day; `form` is salat, emas or cuaca."""
    local = at.astimezone(outlet.place.tz)
    day, date, _ = long_date(local)
    rng = Random(f"{form}:{outlet.place.slug}:{local.date()}")
    gold = 2_300_000 + 1000 * Random(f"emas:{local.date()}").randrange(-60, 60)
    sky = rng.choice(_SKIES)
    known = {
        "hari": day,
        "tanggal": date,
        "daerah": outlet.place.short_name,
        "kab": outlet.place.name,
        "zona": ZONE_NAMES[outlet.place.zone],
        "emas": f"{gold:,}".replace(",", "."),
        "buyback": f"{gold - 145_000:,}".replace(",", "."),
        "cuaca": sky,
        "cuaca_kecil": sky.lower(),
        "suhu": str(rng.randint(20, 24)),
        "suhu2": str(rng.randint(29, 34)),
        "lembap": str(rng.randint(62, 94)),
    }
    later = 0 if outlet.place.zone == "Asia/Jakarta" else 22  # the sun comes later to the west of a zone
    for name, (hour, minute) in _PRAYERS.items():
        whole = hour * 60 + minute + later + rng.randrange(5)
        known[name] = f"{whole // 60:02}.{whole % 60:02}"
    kind = table("berkala")[form]
    reporter, editor = signatures(outlet, rng)
    return Text(
        title=kind["title"].format_map(known),
        lead=kind["lead"].format_map(known),
        paragraphs=tuple(kind["body"]),
        topic=kind["topic"],
        city=outlet.place.short_name,
        reporter=reporter,
        editor=editor,
    )


def flood(outlet: Outlet, number: int, at: datetime) -> Text:
    """Return one of the near-copies: the same article for yet another region."""
    _, _, month = long_date(at + timedelta(hours=7))
    wanted = list(places().values())
    rng = Random(f"flood:{number}")
    known = {"bulan": month, "tahun": str(at.year), "wilayah": wanted[number % len(wanted)].name}
    kind = table("spam")["flood"]
    reporter, editor = signatures(outlet, rng)
    return Text(
        title=rng.choice(kind["titles"]).format_map(known),
        lead=kind["lead"].format_map(known),
        paragraphs=tuple(kind["body"]),
        topic="Viral",
        city=outlet.place.short_name,
        reporter=reporter,
        editor=editor,
    )


def advertisement(outlet: Outlet, id: str) -> Text:
    """Return the advertisement that a ring of outlets passes round; all tell it in nearly the same words."""
    kind, rng = table("spam")["ring"], Random(id)
    effect = rng.choice(kind["khasiat"])
    known = {
        "barang": rng.choice(kind["barang"]),
        "khasiat": effect,
        "khasiat_kecil": effect.lower(),
        "harga": str(rng.randrange(49, 299, 10)),
        "n": str(rng.randint(3, 14)),
        "stok": str(rng.randint(20, 90)),
    }
    title, lead = rng.choice(kind["titles"]), rng.choice(kind["leads"])
    reporter, editor = signatures(outlet, rng)
    return Text(
        title=in_title(title.format_map(known)),
        lead=lead.format_map(known),
        paragraphs=tuple(part.format_map(known) for part in kind["body"]),
        topic="Sehat",
        city=outlet.place.short_name,
        reporter=reporter,
        editor=editor,
    )
