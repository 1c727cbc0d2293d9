"""What outlets add to every text (datelines, adverts, credits, "read also"), left out of what is shown."""

import re

from aggregator.text.markup import mended

_EDGE = re.compile(r"(</?(?:p|ul|ol|li|blockquote)>|<br>)")
_TAG = re.compile(r"<[^<>]*>")
_ANY = r"(?:<[^<>]*>|[^<])"  # a character, or a whole tag
_CREDIT = r"(?:reporter|pewarta|penulis|kontributor|editor|fotografer|redaktur|jurnalis|wartawan|penyunting)(?: foto)?"
_NAMES = r"\s*:\s*[\w.'’\-]+(?:[ ,/&][\w.'’\-]+){0,5}"
_READ_ALSO = r"(?:baca|lihat|simak|tonton) (?:juga|pula|selengkapnya)"
_CHANNEL = r"(?:whatsapp|google news|telegram|saluran|youtube|tiktok|instagram|update berita|berita pilihan)"

# One of these stands in every text that has something to leave out: a cheap question before the expensive ones.
_SIGNS = (
    "baca juga", "baca:", "baca :", "baca pula", "baca selengkapnya", "lihat juga", "simak juga", "tonton juga",
    "artikel ini", "berita ini", "gambas", "appeared first", "pertama kali", "whatsapp", "google news", "telegram",
    "saluran", "youtube", "tiktok", "instagram", "update berita", "berita pilihan", "copyright", "antara)",
    "antara news)", "read more", "continue reading", "selengkapnya", "[…]", "[...]", "advertisement", "iklan",
    "scroll to",
    *(role + colon for role in _CREDIT[3:].partition(")")[0].split("|") for colon in (":", " :", " foto:", " foto :")),
)  # fmt: skip

# A line that is nothing else.
_LINE = re.compile(
    rf"{_READ_ALSO}\b.{{0,300}}|baca\s*:.{{0,300}}|advertisement|iklan|scroll to continue.{{0,60}}"
    rf"|(?:{_CREDIT}{_NAMES}[\s|/,;]*)+(?:copyright.{{0,60}})?|copyright (?:©|\(c\)).{{0,80}}"
    rf"|(?:ikuti|simak|dapatkan|gabung|cek|jangan lupa|yuk)\b.{{0,200}}\b{_CHANNEL}\b.{{0,120}}",
    re.IGNORECASE | re.DOTALL,
)
# What ends a line after other text.
_TAIL = re.compile(
    rf"(?:artikel|berita) ini (?:telah|sudah)(?: lebih dulu)? (?:tayang|terbit|dimuat) (?:di|pada)\b{_ANY}{{0,600}}\Z"
    rf"|the post {_ANY}{{1,600}}? appeared first on {_ANY}{{0,400}}\Z"
    rf"|(?:pos|tulisan|artikel|postingan) {_ANY}{{1,600}}? pertama kali (?:tampil|muncul) (?:di|pada) {_ANY}{{0,400}}\Z"
    rf"|(?<=[.!?…\"”)])\s*(?:<[^<>]*>\s*)*{_READ_ALSO}\b{_ANY}{{0,300}}\Z"
    rf"|(?<=[.!?…\"”)])\s+(?:ikuti|simak|dapatkan)\b{_ANY}{{0,200}}\b{_CHANNEL}\b{_ANY}{{0,120}}\Z"
    rf"|(?:\b{_CREDIT}{_NAMES}[\s|/,;]*)+(?:copyright{_ANY}{{0,60}})?\Z"
    rf"|\(antara(?: news)?\)\s*\Z|\((?:[a-z]{{2,4}}/)+[a-z]{{2,4}}\)\s*\Z"
    rf"|<a [^<>]*>[^<>]{{0,300}}(?:read more|selengkapnya|continue reading)[^<>]{{0,20}}</a>\s*\Z"
    rf"|\[(?:…|\.\.\.)\]\s*\Z",
    re.IGNORECASE,
)
_EMBED = re.compile(r"\[gambas:[^\]<>]{1,60}\]", re.IGNORECASE)

_CITY = r"[A-Z][\w'’.]+(?: [A-Z][\w'’.]+){0,3}"
_CAPITALS = r"(?=[^a-z]{0,12}[AEIOU][^a-z]{0,12}[AEIOU])[A-Z]{2,}[A-Z'’.]*(?: [A-Z'’.]{2,}){0,2}"
_DOMAIN = r"\w[\w-]*(?:\.[A-Za-z]{2,4}){1,2}"
_DASH = r"(?:\s*(?:–|—|--)\s*|\s+-\s*|-\s+)"
# Outlets whose dateline is a city in plain letters: only these, since "Persib - Persija" is no dateline.
_NEWSROOMS = (
    "Jakarta|Surabaya|Bandung|Medan|Semarang|Yogyakarta|Jogja|Makassar|Palembang|Denpasar|Malang|Solo|Bogor|Bekasi|Depok"
    "|Tangerang|Serang|Padang|Pekanbaru|Jambi|Bengkulu|Bandar Lampung|Lampung|Batam|Pontianak|Banjarmasin|Samarinda"
    "|Balikpapan|Manado|Palu|Kendari|Ambon|Jayapura|Kupang|Mataram|Banda Aceh|Probolinggo|Jember|Kediri|Cirebon"
)
_SPACE = r"(?:\s|&nbsp;)*"
_DATELINE = re.compile(
    rf"(?P<open>(?:<(?:p|strong|em)>)*){_SPACE}(?:"
    rf"(?:{_DOMAIN}|[a-z]\w+),{_SPACE}(?:{_CITY}|{_CAPITALS})"  # Outlet.com, City -
    rf"|(?:{_CITY}|{_CAPITALS}),{_SPACE}(?:{_DOMAIN}|[a-z][\w.]+|[A-Z0-9]{{3,}})"  # CITY, Outlet.com -
    rf"|(?:{_CITY}|{_CAPITALS})\s*\((?:ANTARA(?: News)?|{_DOMAIN}|[a-z]\w+)\)"  # City (outlet) -
    rf"|{_DOMAIN}|{_CAPITALS}|(?:{_NEWSROOMS})|(?<=<strong>){_CITY}"
    # CITY, Outlet - · Outlet, City — · City (Outlet) -: in plain words only where a new sentence follows
    rf"|(?:{_CAPITALS},{_SPACE}{_CITY}|{_CITY},{_SPACE}{_CITY}(?=(?:</(?:strong|em)>)*\s*[–—])|{_CITY}\s*\({_CITY}\))"
    rf"(?=(?:</(?:strong|em)>)*{_DASH}[\"“‘']?[A-Z0-9])"
    rf")(?P<close>(?:</(?:strong|em)>)*){_DASH}(?=\S)"
)


def display_html(clean_html: str) -> str:
    """Return cleaned HTML without leading dateline, embeds, adverts, credits and "read also" lines, itself clean.

    A text that consists of nothing else is given back as it is.
    """
    dateline = _DATELINE.match(clean_html)
    shown = dateline["open"] + dateline["close"] + clean_html[dateline.end() :] if dateline else clean_html
    lower = shown.lower()
    if ")" in lower[-12:] or any(sign in lower for sign in _SIGNS):
        shown = "".join(piece if _EDGE.fullmatch(piece) else _kept(piece) for piece in _EDGE.split(shown))
    if shown == clean_html:
        return clean_html
    shown = mended(shown)
    return shown if _TAG.sub("", shown).strip() else clean_html


def _kept(line: str) -> str:
    """Return what is to be shown of one line, which may hold inline elements."""
    if not line.strip():
        return line
    line = _EMBED.sub("", line).rstrip()
    if _LINE.fullmatch(_TAG.sub("", line).strip()):
        return ""
    while cut := _TAIL.search(line):
        line = line[: cut.start()].rstrip() + ("…" if cut[0].startswith("[") else "")
    return line
