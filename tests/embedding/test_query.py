"""How texts are put together for the encoder."""

import re

import pytest

from wor_match.embedding.query import activity_text, complaint_words, icpc_labels, story_text


@pytest.mark.parametrize(
    ("complaint", "words"),
    [
        ("P03", "somber"),
        ("P03.01", "somber"),
        ("eenzaamheid", "eenzaamheid"),
        ("P03 sinds de zomer", "somber sinds de zomer"),
        ("Q55", ""),
    ],
)
def test_codes_are_written_out(complaint: str, words: str) -> None:
    assert complaint_words(complaint) == words


def test_a_referral_of_codes_only_becomes_words() -> None:
    text = story_text("N89 / P29", ["N89", "P29"])
    assert text == "N89 / P29 Klachten: migraine, psychische klachten."


def test_codes_in_the_referral_are_written_out_too() -> None:
    assert "slaapt slecht" in story_text("Dhr 58, P06, werkt nachtdienst.")


def test_empty_parts_leave_no_trace() -> None:
    assert story_text("Mw 81.", [""], [" "], []) == "Mw 81."


def test_all_parts_have_their_place() -> None:
    text = story_text("Mw 81.", ["Z15"], ["samen eten"], ["koken", "koken"])
    assert text == "Mw 81. Klachten: verlies van de partner. Interesses: koken. Doelen: samen eten."


@pytest.mark.parametrize(
    ("title", "text"),
    [("Soep", "Soep. Kom."), ("Soep?", "Soep? Kom."), ("", "Kom."), (" Soep ", "Soep. Kom.")],
)
def test_title_and_description_are_two_sentences(title: str, text: str) -> None:
    assert activity_text(title, "Kom.") == text


def test_the_table_of_codes_covers_all_chapters() -> None:
    labels = icpc_labels()
    assert len(labels) > 500
    assert {code[0] for code in labels} == set("ABDFHKLNPRSTUWXYZ")
    assert all(re.fullmatch(r"[A-Z]\d\d", code) for code in labels)
    assert all(label == label.strip() and label for label in labels.values())
