"""Gambling spam: the vocabulary by which a hijacked site shows itself, in the languages that it comes in."""

import re


def _any_of(words: str) -> re.Pattern[str]:
    phrases = (re.escape(phrase.strip()).replace(r"\ ", r"\s+") for phrase in words.split("|"))
    return re.compile(r"(?<!\w)(?:" + "|".join(phrases) + r")(?!\w)")


# Words that only somebody uses who wants the reader to play.
_PROMOTES = _any_of(
    "gacor|maxwin|slot88|slot777|situs slot|agen slot|bandar slot|link slot|daftar slot|akun slot|slot online|"
    "slot dana|slot pulsa|slot thailand|slot resmi|rtp live|rtp slot|bocoran slot|pola slot|scatter hitam|"
    "gates of olympus|pragmatic play|mahjong ways|starlight princess|sbobet|situs judi|agen judi|judi slot|"
    "situs togel|bandar togel|agen togel|togel online|prediksi togel|bocoran togel|keluaran hk|data sgp|live draw|"
    "toto macau|slot deposit|bonus new member|link alternatif|agen casino|situs casino|live casino|poker online|"
    "online casino|casino online|online casinos|casino bonus|best casinos|free spins|no deposit bonus|online slots|"
    "slot machines|betting site|betting sites|sportsbook bonus|welcome bonus|jackpot slots|"
    "canlı bahis|deneme bonusu|bahis siteleri|bahis sitesi|casino siteleri|kaçak bahis|güncel giriş|slot oyunları|"
    "cassino online|caça-níqueis|jogo do tigrinho|fortune tiger|apostas online|apostas esportivas|rodadas grátis|"
    "casino en línea|tragamonedas|apuestas deportivas|giros gratis|casino en ligne|machines à sous|tours gratuits|"
    "freispiele|spielautomaten|nhà cái|cá cược|nổ hũ|xóc đĩa|tài xỉu|"
    "казино онлайн|онлайн казино|игровые автоматы|ставки на спорт|фриспины"
)
# Scripts without spaces between words: any place counts.
_PROMOTES_ANYWHERE = re.compile(
    "สล็อต|บาคาร่า|หวยออนไลน์|คาสิโน|แทงบอล|เว็บตรง|博彩|老虎机|百家乐|娱乐城|真人视讯|彩票平台|카지노|토토사이트|바카라|オンラインカジノ"
)
# Words that news about gambling uses as well: two different ones make a promotion.
_HINTS = _any_of(
    "slot|togel|judi online|judol|casino|kasino|poker|jackpot|taruhan|betting|deposit|bahis|apostas|apuestas|withdraw"
)
# Whoever reports about it writes of these.
_REPORTS = _any_of(
    "polisi|polres|polresta|polrestabes|polsek|polda|polri|bareskrim|tersangka|terdakwa|ditangkap|tangkap|diringkus|"
    "ringkus|dibekuk|bekuk|diamankan|digerebek|gerebek|penggerebekan|razia|sidang|vonis|divonis|hakim|jaksa|kejari|"
    "blokir|diblokir|memblokir|komdigi|kominfo|diskominfo|ppatk|ojk|berantas|pemberantasan|memberantas|bahaya|"
    "kecanduan|korban|sosialisasi|cegah|pencegahan|imbau|mengimbau|mui|satpol|tewas|bunuh diri|"
    "police|arrest|arrested|raid|raided|court|crackdown|lawmakers|regulator|regulators|addiction|prosecutors|"
    "polis|operasyon|gözaltı|polícia|policía|police judiciaire|polizei"
)


# Every phrase above holds one of these; looking for them alone is quick, and nearly every text ends there.
_STEMS = (
    "slot", "togel", "judi", "judol", "casino", "kasino", "poker", "jackpot", "taruhan", "bet", "deposit", "bahis",
    "apuestas", "apostas", "withdraw", "gacor", "maxwin", "rtp", "scatter", "olympus", "pragmatic", "mahjong",
    "starlight", "keluaran", "data sgp", "live draw", "macau", "bonus", "link alternatif", "spins", "giriş", "cassino",
    "níqueis", "tig", "rodadas", "tragamonedas", "giros", "machines", "tours", "freispiele", "spielautomaten",
    "nhà cái", "cá cược", "nổ hũ", "xóc đĩa", "tài xỉu", "казино", "автоматы", "ставки", "фриспины",
)  # fmt: skip


def promotes(text: str) -> bool:
    """Return whether a lower-case text wants its reader to gamble; a report on gambling does not."""
    if text.isascii() and not any(stem in text for stem in _STEMS):
        return False
    if not (_PROMOTES.search(text) or _PROMOTES_ANYWHERE.search(text) or len(set(_HINTS.findall(text))) > 1):
        return False
    return _REPORTS.search(text) is None
