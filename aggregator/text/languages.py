"""Which language a short text is in: by its script, else by the small words that every sentence needs."""

import re

_SCRIPTS = tuple(
    (language, re.compile(f"[{span}]"))
    for language, span in (
        ("th", "\u0e00-\u0e7f"),
        ("ko", "\uac00-\ud7af"),
        ("ja", "\u3040-\u30ff"),  # before Chinese: Japanese has both
        ("zh", "\u4e00-\u9fff"),
        ("ar", "\u0600-\u06ff"),
        ("ru", "\u0400-\u04ff"),
        ("hi", "\u0900-\u097f"),
        ("el", "\u0370-\u03ff"),
    )
)
_OTHER_SCRIPT = re.compile("[\u0370-\u1cff\u3040-\ud7af]")
_MIN_LETTERS = 8  # of another script: a name in brackets makes no text
_WORDS = {
    language: frozenset(words.split())
    for language, words in {
        "id": "yang dan di ke dari untuk dengan ini itu pada dalam akan oleh juga tidak adalah telah sebagai bisa saat "
        "warga karena hingga lebih usai jadi para kata atau sudah masih antara kepada serta agar",
        "jv": "ing lan sing karo iki ora iku saka kang wong bakal uga dadi marang",
        "su": "anu jeung nu teu keur geus kana téh ieu éta ti urang",
        "en": "the of and to in is for on with that was are by from at this has have as it its will be you your after",
        "es": "el los las una con para en que por del más su se un al como este sobre",
        "pt": "os uma com para em que por do da dos das não mais são no na um ao pela",
        "fr": "le les des une est dans pour sur avec qui du et aux par au en plus",
        "de": "der die das und ist mit für von nicht ein eine auf den zu im dem sich",
        "tr": "ve bir için ile bu olarak çok en olan sitesi siteleri güncel yeni nasıl daha",
        "vi": "và của là có cho không được các tại với nhà một trong người khi",
        "it": "il gli della che per con una nel sono alla dei più non è",
        "nl": "het een en van op dat met voor zijn niet aan ook bij",
    }.items()
}


def guess(text: str) -> str:
    """Return the language of a lower-case text of a sentence or two, "" where it shows none clearly."""
    if _OTHER_SCRIPT.search(text):
        for language, letters in _SCRIPTS:
            if len(letters.findall(text)) >= _MIN_LETTERS:
                return language
    words = set(text.split())
    (best, first), (second, _) = sorted(
        ((len(words & known), language) for language, known in _WORDS.items()), reverse=True
    )[:2]
    return first if best >= 2 and best > second else ""
