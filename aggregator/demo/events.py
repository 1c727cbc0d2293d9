"""Events: what happened, where and when, and the facts on which everybody who reports it agrees."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from random import Random

from aggregator.demo.kinds import Kind
from aggregator.demo.places import Place, person

_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli"),
    *("Agustus", "September", "Oktober", "November", "Desember"),
)
ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
_HOURS = {"day": (8, 15), "work": (8, 15), "dawn": (4, 6), "match": (16, 20), "night": (19, 23)}
_SMALL = frozenset(
    ["atau", "bagi", "dalam", "dan", "dari", "dengan", "di", "ke", "lewat", "oleh", "pada", "saat", "untuk", "yang"]
)
_FIRST_NAME_CULTURES = ("jawa", "kutai")
_ENGLISH_MARKS = str.maketrans(".,", ",.")
_OFFICES = (
    *("bupati", "sekda", "dprd", "kapolres", "kasatlantas", "kasatreskrim", "bpbd", "damkar", "dinkes", "disdik"),
    *("distan", "pupr", "dishub", "diskan", "diskop", "disbudpar", "dlh"),
)
PEOPLE = (*_OFFICES, "camat", "kades", "warga", "warga2")
FIRST_NEWS = timedelta(minutes=45)  # nobody has it sooner


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a place; `id` is unique, and everything else about it follows from it."""

    id: str
    kind: Kind
    place: Place
    happened_at: datetime


def happened_before(news_at: datetime, kind: Kind, place: Place, rng: Random) -> datetime:
    """Return when a thing happened of which the first news came at `news_at`: at an hour that suits its kind."""
    latest = news_at - FIRST_NEWS
    if kind.hours == "any":
        return latest - timedelta(minutes=rng.randrange(0, 90, 5))
    low, high = _HOURS[kind.hours]
    local = latest.astimezone(place.tz)
    if low < local.hour:  # fresh news, where there is some
        high = min(high, local.hour - 1)
    moment = time(rng.randint(low, high), rng.choice((0, 15, 30, 45)))
    day = local.date() if moment <= local.time() else local.date() - timedelta(days=1)
    while kind.hours in ("work", "dawn") and day.weekday() >= 5:  # offices and schools are closed
        day -= timedelta(days=1)
    return datetime.combine(day, moment, place.tz)


@lru_cache(maxsize=4096)
def facts(event: Event, *, corrected: bool = True) -> dict[str, str]:
    """Return the facts by name. Uncorrected, one number is still wrong, as it stood before the edit."""
    rng = Random(event.id)
    known = _of_place(event.place, event.kind, rng) | _of_time(event) | _of_people(event, rng)
    for name, bounds in event.kind.numbers.items():
        right, wrong = _number(bounds, rng, name), _number(bounds, rng, name)
        while wrong == right:
            wrong = _number(bounds, rng, name)
        told = right if corrected or name != event.kind.corrects else wrong
        known[name] = told.translate(_ENGLISH_MARKS) if event.kind.language == "en" else told
    for name, choices in event.kind.lists.items():
        known[name] = rng.choice(choices).format_map(known)
    for name in [*event.kind.lists, "hasil", "seni", "jalan", "pantai", "gunung"]:
        known[f"{name}_judul"] = in_title(known[name])
        known[f"{name}_kalimat"] = known[name][:1].upper() + known[name][1:]
    return known


def in_title(words: str) -> str:
    """Return words with capitals as in a headline."""
    return " ".join(word if word in _SMALL else word[:1].upper() + word[1:] for word in words.split(" "))


def _number(bounds: list[float], rng: Random, name: str) -> str:
    """Return a number as Indonesian writes it: 1.250 and 2,5; a year has no dot."""
    low, high, step = (*bounds, 1)[:3]
    value = low + step * rng.randrange(round((high - low) / step) + 1)
    if isinstance(step, float):
        return f"{round(value, 2):g}".replace(".", ",")
    return f"{value:.0f}" if name.startswith("tahun") else f"{value:,.0f}".replace(",", ".")


def _of_place(place: Place, kind: Kind, rng: Random) -> dict[str, str]:
    near = [one for one in place.districts if all(one in place.districts_of(need) for need in kind.needs)]
    district = rng.choice(near or list(place.districts))
    first, second = rng.sample(district.villages, 2)
    known = {name: rng.choice(pool) for name, pool in place.words.items()}
    city = place.is_city
    camat, kades = person(place, f"camat:{district.name}"), person(place, f"kades:{district.name}:{first}")
    return known | {
        "kab": place.name,
        "daerah": place.short_name,
        "pemda": f"{'Pemkot' if city else 'Pemkab'} {place.short_name}",
        "kepala": "Wali Kota" if city else "Bupati",
        "bupati_jabatan": "Wali Kota" if city else "Bupati",
        "camat_jabatan": place.district_head,
        "polres": place.polres,
        "kec": f"{place.district_word} {district.name}",
        "kec_n": district.name,
        "desa": f"{place.village_word} {first}",
        "desa_n": first,
        "desa2": f"{place.village_word} {second}",
        "desa2_n": second,
        "camat": f"{place.district_head} {district.name} {camat}",
        "camat_n": _call(place, camat),
        "kades": f"{place.village_head} {first} {kades}",
        "kades_n": _call(place, kades),
    }


def _of_time(event: Event) -> dict[str, str]:
    local = event.happened_at.astimezone(event.place.tz)
    later = local + FIRST_NEWS
    zone = ZONE_NAMES[event.place.zone]
    return {
        "tgl": f"{_DAYS[local.weekday()]} ({local.day}/{local.month}/{local.year})",
        "hari": _DAYS[local.weekday()],
        "day": _ENGLISH_DAYS[local.weekday()],
        "pagi": part_of_day(local),
        "nanti": f"{_DAYS[later.weekday()]} {part_of_day(later)}",
        "jam": f"{local:%H.%M} {zone}",
        "zona": zone,
        "tahun_depan": str(local.year + 1),
    }


def part_of_day(local: datetime) -> str:
    """Return what Indonesian calls that hour."""
    for until, word in ((4, "dini hari"), (11, "pagi"), (15, "siang"), (18, "sore"), (24, "malam")):
        if local.hour < until:
            return word
    raise AssertionError(local)


def long_date(local: datetime) -> tuple[str, str, str]:
    """Return day, date and month in words: ("Selasa", "24 November 2026", "November")."""
    month = _MONTHS[local.month - 1]
    return _DAYS[local.weekday()], f"{local.day} {month} {local.year}", month


def _of_people(event: Event, rng: Random) -> dict[str, str]:
    place = event.place
    known: dict[str, str] = {}
    for part, title in _offices(place).items():
        name = person(place, part)
        known |= {part: f"{title} {name}", f"{part}_n": _call(place, name), f"{part}_nama": name}
    for part in ("warga", "warga2"):
        name = person(place, f"{event.id}:{part}")
        known |= {part: name, f"{part}_n": _call(place, name)}
    return known | {"umur": str(rng.randint(23, 64))}


def _call(place: Place, name: str) -> str:
    return name.split(" ", maxsplit=1)[0] if place.culture in _FIRST_NAME_CULTURES else name.rsplit(" ", 1)[-1]


def _offices(place: Place) -> dict[str, str]:
    """Return the title that goes before the name, by office."""
    city, name = place.is_city, place.name
    chief = "AKBP" if place.polres.startswith("Polres ") else "Kombes Pol"
    farming = "Dinas Ketahanan Pangan dan Pertanian" if city else "Dinas Pertanian"
    return {
        "bupati": f"{'Wali Kota' if city else 'Bupati'} {place.short_name}",
        "sekda": f"Sekretaris Daerah {name}",
        "dprd": f"Ketua DPRD {name}",
        "kapolres": f"Ka{place.polres[0].lower()}{place.polres[1:]} {chief}",
        "kasatlantas": f"Kasat Lantas {place.polres} AKP",
        "kasatreskrim": f"Kasat Reskrim {place.polres} AKP",
        "bpbd": f"Kepala Pelaksana BPBD {name}",
        "damkar": f"Kepala Dinas Pemadam Kebakaran {name}",
        "dinkes": f"Kepala Dinas Kesehatan {name}",
        "disdik": f"Kepala Dinas Pendidikan {name}",
        "distan": f"Kepala {farming} {name}",
        "pupr": f"Kepala Dinas PUPR {name}",
        "dishub": f"Kepala Dinas Perhubungan {name}",
        "diskan": f"Kepala Dinas Perikanan {name}",
        "diskop": f"Kepala Dinas Koperasi, Usaha Mikro, dan Perdagangan {name}",
        "disbudpar": f"Kepala Dinas Kebudayaan dan Pariwisata {name}",
        "dlh": f"Kepala Dinas Lingkungan Hidup {name}",
    }
