"""Lenient readers for the small messy values of real files.

Each function takes what stands in a file and returns the clean value. What it
does not recognise it returns unchanged, so that pydantic reports it with its
field; a wrong value is never guessed into a right one.
"""

import datetime as dt
import re
from typing import Any

WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")

_WEEKDAY_WORDS = {
    name: code
    for code, names in zip(
        WEEKDAYS,
        (
            "ma maandag maandags mon monday",
            "di dinsdag dinsdags tue tues tuesday",
            "wo woensdag woensdags wed wednesday",
            "do donderdag donderdags thu thur thurs thursday",
            "vr vrijdag vrijdags fri friday",
            "za zaterdag zaterdags sat saturday",
            "zo zondag zondags sun sunday",
        ),
        strict=True,
    )
    for name in (code, *names.split())
}
_AMOUNT_WORDS = {"gratis": 0.0, "free": 0.0, "geen": 0.0, "nihil": 0.0}
_TRUE = frozenset({"ja", "yes", "true", "waar", "1", "j", "y", "x"})
_FALSE = frozenset({"nee", "no", "false", "onwaar", "0", "n", ""})


def weekday(value: Any) -> Any:
    """``"Dinsdag"``, ``"di."``, ``"Tue"`` → ``"tu"``."""
    if isinstance(value, str):
        return _WEEKDAY_WORDS.get(value.strip().rstrip(".").casefold(), value)
    return value


def clock(value: Any) -> Any:
    """``"9.30"``, ``"9u30"``, ``"19 uur"``, a time → ``"09:30"`` (``"24:00"`` is kept)."""
    if isinstance(value, dt.datetime | dt.time):
        return f"{value.hour:02d}:{value.minute:02d}"
    if isinstance(value, str):
        found = re.fullmatch(
            r"(\d{1,2})(?:\s*[:.hu]\s*(\d{2}))?(?::\d{2})?\s*(?:u|uur|h)?\.?",
            value.strip().casefold(),
        )
        if found:
            return f"{int(found[1]):02d}:{int(found[2] or 0):02d}"
    return value


def amount(value: Any) -> Any:
    """``"€ 12,50"``, ``"5,-"``, ``"gratis"`` → euros as a float."""
    if isinstance(value, str):
        text = value.strip().casefold()
        if text in _AMOUNT_WORDS:
            return _AMOUNT_WORDS[text]
        text = re.sub(r"^(?:€|eur|euro)\s*|\s*(?:€|eur|euro)$", "", text)
        text = re.sub(r",(?:-|--|–)$", "", text)
        if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", text):
            text = text.replace(".", "")
        if re.fullmatch(r"-?\d+(?:,\d+)?", text):
            text = text.replace(",", ".")
        return text
    return value


def minutes(value: Any) -> Any:
    """``"20 min"``, ``"20 minuten"``, ``"1 uur"`` → minutes."""
    if isinstance(value, str):
        found = re.fullmatch(
            r"(\d+(?:[.,]\d+)?)\s*(min|minuten|minutes|m|uur|u|hour|hours|h)?\.?",
            value.strip().casefold(),
        )
        if found:
            number = float(found[1].replace(",", "."))
            hours = (found[2] or "m")[0] in "uh"
            return round(number * 60 if hours else number)
    return value


def postcode(value: Any) -> Any:
    """``"1621 ab"``, ``1621`` → ``"1621AB"``, ``"1621"``."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return re.sub(r"\s+", "", value).upper() or None
    return value


def date(value: Any) -> Any:
    """``"16-11-2026"``, ``"16/11/2026"``, a moment in time → an ISO date."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, str):
        text = value.strip()
        found = re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", text)
        if found:
            return f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}"
        return text.split("T", 1)[0] or None
    return value


def flag(value: Any) -> Any:
    """``"ja"``, ``"Nee"``, ``""``, ``1`` → a bool."""
    if isinstance(value, str):
        text = value.strip().casefold()
        if text in _TRUE:
            return True
        if text in _FALSE:
            return False
    return value


def words(value: Any) -> Any:
    """A single string where a list is asked for → its parts at ``;`` or line ends, none empty."""
    if value is None:
        return []
    if isinstance(value, str):
        value = re.split(r"[;\n]", value)
    if isinstance(value, list | tuple):
        return [
            item.strip() if isinstance(item, str) else item
            for item in value
            if item != "" and item is not None
        ]
    return value


def language(value: Any) -> Any:
    """``"NL"``, ``"nld"``, ``"Nederlands"`` → ``"nl"``."""
    if isinstance(value, str):
        text = value.strip().casefold()
        return LANGUAGE_NAMES.get(text, text)
    return value


LANGUAGE_NAMES = {
    name: code
    for code, names in {
        "nl": "nederlands dutch nld dut vlaams",
        "en": "engels english eng",
        "de": "duits german deutsch deu ger",
        "fr": "frans french fra fre",
        "es": "spaans spanish spa",
        "ar": "arabisch arabic ara",
        "tr": "turks turkish tur",
        "pl": "pools polish pol",
        "uk": "oekraïens oekraiens ukrainian ukr",
        "ru": "russisch russian rus",
        "ti": "tigrinya tigrinja tir",
        "so": "somalisch somali som",
        "fa": "farsi perzisch persian dari fas per",
        "zh": "chinees chinese mandarijn zho chi",
        "pt": "portugees portuguese por",
        "it": "italiaans italian ita",
        "hi": "hindi hin",
        "ber": "berbers tamazight tarifit riffijns",
        "pap": "papiaments papiamentu",
        "fy": "fries frysk fry",
        "ro": "roemeens romanian ron rum",
        "bg": "bulgaars bulgarian bul",
        "hu": "hongaars hungarian hun",
        "ku": "koerdisch kurdish kur",
        "id": "indonesisch indonesian ind maleis",
        "vi": "vietnamees vietnamese vie",
        "ur": "urdu urd",
        "nsl": "gebarentaal ngt nederlandse-gebarentaal dse",
    }.items()
    for name in (code, *names.split())
}
