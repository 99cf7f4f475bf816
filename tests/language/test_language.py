"""Tokens, sentences, clauses, word forms, patterns, topics and times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wor_match.language.clauses import clauses
from wor_match.language.patterns import Line, Patterns
from wor_match.language.stems import base, bases, closed, forms
from wor_match.language.times import mentions_of
from wor_match.language.tokens import fold, sentences, tokenise
from wor_match.language.topics import demands, find_topics, topics_of_word


def norms(text):
    return [t.norm for t in tokenise(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mw. v.d. Berg, i.v.m. DM2", ["mevrouw", ".", "vande", "berg", ",", "ivm", "dm2"]),
        ("'s Avonds niet", ["avond", "niet"]),
        ("'S OCHTENDS", ["ochtend"]),
        ("ik ken nie goed leze", ["ik", "kan", "niet", "goed", "lezen"]),
        ("jeu-de-boules", ["jeu", "de", "boules"]),
        ("één vóór één", ["een", "voor", "een"]),
        ("ma t/m vr", ["ma", "tm", "vrijdag"]),
        ("'eer' & schande", ["eer", "en", "schande"]),
    ],
)
def test_shorthand_speech_and_accents_are_written_out(text, expected):
    assert norms(text) == expected


def test_a_full_stop_after_an_abbreviation_ends_no_sentence():
    parts = sentences(tokenise("Mw. 71 jr, wed. sinds okt. 2022. Houdt van dansen. Nee hoor!"))
    assert len(parts) == 3


def test_a_clause_ends_at_marks_and_contrast_but_not_at_only():
    tokens = tokenise("Zwemmen liever niet, wandelen graag maar kan maar heel kort")
    words = [[t.norm for t in tokens[c.start : c.end]] for c in clauses(tokens)]
    assert words == [
        ["zwemmen", "liever", "niet"],
        ["wandelen", "graag"],
        ["maar", "kan", "maar", "heel", "kort"],
    ]


def test_roots_are_written_as_closed_syllables():
    assert closed("lez") == "lees"
    assert closed("bakk") == "bak"
    assert closed("kor") == "koor"
    assert base("schaken") == "schaak"
    assert set(bases("vervelen")) == {"vervel", "verveel"}


@pytest.mark.parametrize(
    ("word", "root"),
    [
        ("gewandeld", "wandel"),
        ("koren", "koor"),
        ("dansje", "dans"),
        ("leest", "lees"),
        ("auto's", "auto"),
    ],
)
def test_forms_lead_back_to_the_word(word, root):
    assert root in forms(word)


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("seniorenkoor", {"zingen", "ouderen"}),
        ("wandelvoetbal", {"wandelen", "voetbal"}),
        ("koffieochtend", {"koffie"}),
        ("voetbal kijken bij Ajax", {"sport_kijken"}),
        ("een dansje", {"dansen"}),
        ("gebreide sokken", {"handwerken"}),
        ("zwom", {"zwemmen"}),
        ("de kleine mist hem, misschien", set()),
        ("als kind", set()),
        ("", set()),
    ],
)
def test_topics_in_words_forms_and_compounds(text, topics):
    assert {found.topic for found in find_topics(text)} == topics


def test_a_provider_says_more_than_a_client():
    text = "Onze dirigent zoekt tenoren"
    assert not find_topics(text)
    assert {f.topic for f in find_topics(text, "activity")} == {"zingen"}
    assert "standing" in demands()["koken"]
    assert topics_of_word("biljart") == ("biljarten",)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("ma t/m vr", [("mo", "tu", "we", "th", "fr")]),
        ("maandag tot en met woensdag", [("mo", "tu", "we")]),
        ("di en do", [("tu", "th")]),
        ("zaterdagavond", [("sa", "evening")]),
        ("ma zegt dat ze zo komt en do it", []),
        ("'s ochtends", [("morning",)]),
    ],
)
def test_times_are_grouped(text, units):
    assert [m.units for m in mentions_of(tokenise(text))] == units


def test_patterns_know_gaps_classes_endings_slots_and_places():
    rows = Patterns(
        [
            ("^ wil .. zingen", "start"),
            ("*stoornis", "ending"),
            ("praat* met <wie2>", "slot"),
            ("heel? graag $", "last"),
        ]
    )
    hits = rows.find(Line(tokenise("Wil niet echt zingen. ")))
    assert [(h.row, h.words) for h in hits] == [("start", (0, 3))]
    (hit,) = rows.find(Line(tokenise("angststoornis")))
    assert hit.row == "ending"
    (hit,) = rows.find(Line(tokenise("praatte met de buren")))
    assert hit.slot("wie") == (2, 4)
    assert hit.slot("wat") is None
    (hit,) = rows.find(Line(tokenise("graag!")))
    assert hit.row == "last"
    assert not rows.find(Line(tokenise("graag of niet")))


@given(st.text(max_size=300))
def test_tokens_lie_in_order_inside_the_text(text):
    tokens = tokenise(text)
    ends = [0] + [t.end for t in tokens]
    assert all(
        before <= t.start < t.end <= len(text) for before, t in zip(ends, tokens, strict=False)
    )
    assert sum(len(s) for s in sentences(tokens)) <= len(tokens)


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(word):
    assert fold(fold(word)) == fold(word)


@given(st.text(alphabet="abcdefghijklmnoprstuvwz", min_size=1, max_size=20))
def test_forms_begin_with_the_word_itself(word):
    assert forms(word)[:1] == (word,) or len(word) == 1
