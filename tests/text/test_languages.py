"""Languages of short texts."""

import pytest

from aggregator.text.languages import guess


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("warga kecamatan gending memperbaiki tanggul yang jebol dengan karung pasir", "id"),
        ("the council has approved a budget for the new bridge", "en"),
        ("wong desa padha gotong royong ing dalan lan karo tanggane", "jv"),
        ("el gobierno anuncia las nuevas medidas para los barrios", "es"),
        ("as melhores apostas para quem não quer uma conta em dinheiro", "pt"),
        ("deneme bonusu veren siteler için en güncel giriş ve bahis", "tr"),
        ("nhà cái uy tín và các trò chơi được yêu thích của người việt", "vi"),
        ("เว็บพนันออนไลน์อันดับหนึ่ง", "th"),
        ("온라인 카지노 추천 사이트 목록", "ko"),
        ("オンラインカジノのおすすめ 最新情報", "ja"),
        ("最新博彩平台百家乐老虎机推荐", "zh"),
        ("лучшие игровые автоматы", "ru"),
        ("أخبار المدينة اليوم في الصحيفة", "ar"),
        ("persebaya 2 1 arema", ""),  # no small word at all
        ("konser band 방탄 di surabaya", ""),  # a name in another script, one small word
        ("", ""),
    ],
)
def test_guess(text: str, language: str) -> None:
    assert guess(text) == language
