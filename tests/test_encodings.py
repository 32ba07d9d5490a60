"""Text of one byte a letter is read as what it is, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import InputError
from index.io.table_text import find_layout

TITLES = {
    "Polish": (
        "cp1250",
        "Dzień świra; Wesele; Chłopi; Sala samobójców; Róża; Miś; Zwykły człowiek",
    ),
    "Czech": (
        "cp1250",
        "Obecná škola; Tmavomodrý svět; Účastníci zájezdu; Vratné lahve; Občan Havel",
    ),
    "Hungarian": (
        "cp1250",
        "Saul fia; Kontroll; Hídember; Üvegtigris; Szabadság, szerelem; Erdő szélén; "
        "Testről és lélekről; Külön falka; Jövő nyár; Régi idők focija; Tűzoltó utca",
    ),
    "Romanian": (
        "cp1250",
        "A fost sau n-a fost; Poliţist, adjectiv; Câini; Aferim; Şi totuşi; În viaţă",
    ),
    "Turkish": (
        "cp1254",
        "Ahlat Ağacı; Yol; Sürü; Masumiyet; Kader; Çoğunluk; Kuru Otlar Üstüne; Işık",
    ),
    "Lithuanian": (
        "cp1257",
        "Tadas Blinda; Nereikalingi žmonės; Vaikų namai; Šuolis; Gyvenimo žiedas",
    ),
    "French": (
        "cp1252",
        "La Grande Illusion; Pépé le Moko; L’Année dernière à Marienbad; Hôtel; Sœurs",
    ),
    "Spanish": (
        "cp1252",
        "¿Quién puede matar a un niño?; ¡Bienvenido!; Volver; Cría; El último año",
    ),
    "Portuguese": ("cp1252", "Que Horas Ela Volta; Não Me Toque; Aquário; Três irmãos; Canções"),
    "Danish": ("cp1252", "Festen; Krig og kærlighed; Hævnen; Drømmen; På ære; Brødre"),
    "Swedish": ("cp1252", "Låt den rätte komma in; Män som hatar; Tårtgeneralen; Såna är vi"),
    "German": (
        "cp1252",
        "Lola rennt; Die Brücke; Jenseits der Stille; Nächster Halter; Spaß für Größe",
    ),
    "Icelandic": (
        "cp1252",
        "Nói albínói; Sódóma Reykjavík; Börn náttúrunnar; Svartir englar; Þrestir",
    ),
    "signs": ("cp1252", "£5 a day; 20 € – heute; 3\u00a0100; © Müller; 100 °C; 3 m²; “Noël”; ½"),
    "French of Unix": ("iso8859-15", "Cœur; Œil pour œil; Les Sœurs; À nos amours; Étoile"),
}
REFUSED = {
    "Russian": ("cp1251", "Солярис; Андрей Рублёв; Сталкер"),
    "Greek": ("cp1253", "Το βλέμμα του Οδυσσέα; Ο θίασος"),
    "Japanese": ("shift_jis", "東京物語; 羅生門; 晩春"),
    "Chinese": ("gbk", "花样年华; 英雄; 活着"),
    "French of DOS": ("cp850", "Pépé le Moko; Hôtel; Année"),
    "French of old Macs": ("mac_roman", "Pépé le Moko; Hôtel; Année"),
}


def write(folder: Path, codec: str, titles: str) -> Path:
    rows = "".join(f"t{at},{one.strip()}\n" for at, one in enumerate(titles.split(";")))
    path = folder / "titles.csv"
    path.write_bytes(("title_id,name\n" + rows).encode(codec))
    return path


@pytest.mark.parametrize("language", TITLES)
def test_text_of_a_latin_alphabet_is_told_by_its_letters(language: str, tmp_path: Path) -> None:
    codec, titles = TITLES[language]
    path = write(tmp_path, codec, titles)
    found = find_layout(path, {"title_id", "name"}, 1)
    assert path.read_bytes().decode(found.encoding) == path.read_bytes().decode(codec)
    assert [one for one in found.notes() if one.startswith("read as ")], "it is told"


@pytest.mark.parametrize("language", REFUSED)
def test_any_other_is_refused(language: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="its encoding cannot be told") as refused:
        find_layout(write(tmp_path, *REFUSED[language]), {"title_id", "name"}, 1)
    assert refused.value.row == 2 + ("German" in language)


def test_a_catalogue_of_many_languages_of_western_europe(tmp_path: Path) -> None:
    western = [titles for codec, titles in TITLES.values() if codec == "cp1252"]
    found = find_layout(write(tmp_path, "cp1252", ";".join(western)), {"title_id", "name"}, 1)
    assert found.encoding == "cp1252"


def test_a_guess_is_told_and_an_encoding_that_the_user_names_is_none(tmp_path: Path) -> None:
    path = write(tmp_path, "cp1252", TITLES["French"][1])
    guess = find_layout(path, ("title_id", "name"), 1)
    named = find_layout(path, ("title_id", "name"), 1, "cp1252")
    assert guess.notes() == ["read as Windows-1252 (guessed)"]
    assert named.notes() == ["read as Windows-1252"]
