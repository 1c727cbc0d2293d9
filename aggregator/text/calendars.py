"""Names of months, zones and spans as feeds write them: tables by language, data only."""

import unicodedata

# Each row has twelve words, January first. Words of two parts are joined by "_". Days of the week are not needed: they
# only repeat what the date says, and often wrongly.
_MONTH_ROWS = (
    # en, id (with older spellings), ms
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "januari februari maret april mei juni juli agustus september oktober november desember",
    "jan peb mrt apr mei jun jul agu sept okt nop des",
    "januari pebruari maret april mei juni juli agt september oktober nopember desember",
    "januari februari mac april mei jun julai ogos september oktober november disember",
    "jan feb mar apr mei jun jul agus sep okt nov des",
    "jan feb mar apr mei jun jul ags sep okt nov dis",
    # pt, es, fr, de, it, nl
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "jan fev mar abr mai jun jul ago set out nov dez",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "ene feb mar abr may jun jul ago setiembre oct nov dic",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "janv févr mars avr mai juin juil aout sept oct nov déc",
    "jan feb mär apr mai jun jul aug sep okt nov dez",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "jänner feb mrz apr mai jun jul aug sep okt nov dez",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "januari februari maart april mei juni juli augustus september oktober november december",
    # ar: Egypt and the Gulf, the Levant, the Maghreb
    "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول",
    "جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر",
)

# Minutes east of Greenwich; abbreviations that mean several zones are read as most feeds mean them (RFC 822 section 5).
ZONES = {
    "wib": 420, "wita": 480, "wit": 540,
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "mez": 60, "cest": 120,
    "mesz": 120, "eet": 120, "eest": 180, "msk": 180, "gst": 240, "pkt": 300, "sgt": 480, "myt": 480, "hkt": 480,
    "pht": 480, "awst": 480, "jst": 540, "kst": 540, "acst": 570, "aest": 600, "acdt": 630, "aedt": 660, "nzst": 720,
    "nzdt": 780, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
    "akst": -540, "akdt": -480, "hst": -600, "ast": -240, "adt": -180, "nst": -210, "ndt": -150, "brt": -180,
    "art": -180,
}  # fmt: skip

SPANS_S = {
    "detik": 1, "second": 1, "seconds": 1, "segundos": 1, "secondes": 1, "sekunden": 1,
    "menit": 60, "minute": 60, "minutes": 60, "min": 60, "mins": 60, "minuto": 60, "minutos": 60, "minuten": 60,
    "jam": 3600, "hour": 3600, "hours": 3600, "hora": 3600, "horas": 3600, "heure": 3600, "heures": 3600,
    "stunde": 3600, "stunden": 3600,
    "hari": 86_400, "day": 86_400, "days": 86_400, "dia": 86_400, "dias": 86_400, "jour": 86_400, "jours": 86_400,
    "tag": 86_400, "tagen": 86_400,
    "minggu": 604_800, "week": 604_800, "weeks": 604_800,
}  # fmt: skip


def folded(text: str) -> str:
    """Return the text in lower case, without accents, digits of other scripts as ASCII."""
    if text.isascii():
        return text.lower()
    letters = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in letters).lower()


MONTHS = {folded(word.replace("_", " ")): month for row in _MONTH_ROWS for month, word in enumerate(row.split(), 1)}
