"""Gambling spam, and reports on gambling, which are news."""

import pytest

from aggregator.text.gambling import _HINTS, _PROMOTES, _STEMS, promotes


@pytest.mark.parametrize(
    "text",
    [
        "RTP live slot gacor hari ini, maxwin pasti",
        "Daftar situs togel resmi dan prediksi togel hongkong malam ini",
        "Bocoran pola mahjong ways scatter hitam modal receh",
        "Link alternatif terbaru dengan bonus new member 100 persen",
        "Main poker dan casino dengan deposit murah",
        "Best online casino bonus with free spins for new players",
        "Canlı bahis siteleri ve deneme bonusu veren siteler",
        "Jogo do tigrinho: rodadas grátis no cadastro",
        "Лучшие игровые автоматы и фриспины без депозита",
        "สล็อต เว็บตรง แตกง่าย",
        "Nhà cái uy tín, cá cược bóng đá trực tuyến",
        "最新博彩平台 百家乐 老虎机",
    ],
)
def test_spam_is_told_in_many_languages(text: str) -> None:
    assert promotes(text.lower())


@pytest.mark.parametrize(
    "text",
    [
        "Polisi tangkap bandar togel online di Kraksaan",
        "Komdigi blokir ribuan situs judi online dan slot gacor",
        "Kecanduan judi online dan slot, pria di Lumajang gadaikan motor",
        "Marak judi online di kalangan pelajar, guru resah",
        "Hakim vonis admin situs judi slot tiga tahun",
        "Police raid an illegal online casino in Bali",
        "Pasar malam di alun-alun kembali ramai",
        "Slot parkir stasiun ditambah menjelang Lebaran",
        "Mesin jackpot hadiah undian jalan sehat diserahkan bupati",
        "Harga bawang merah naik, petani gembira",
        "",
    ],
)
def test_news_about_it_is_news(text: str) -> None:
    assert not promotes(text.lower())


def test_the_quick_look_misses_no_phrase() -> None:
    for pattern in (_PROMOTES, _HINTS):
        phrases = pattern.pattern.partition("(?:")[2].rpartition(")(?!")[0].split("|")
        assert len(phrases) > 8
        for phrase in phrases:
            plain = phrase.replace(r"\s+", " ").replace("\\", "")
            assert any(stem in plain for stem in _STEMS) or not plain.isascii(), plain
