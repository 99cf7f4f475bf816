"""What is read from a referral: golden cases and properties."""

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wor_match.client import Client
from wor_match.knowledge import tables
from wor_match.understanding import understand

HERE = Path(__file__).parent
SUITES = HERE.parent / "suites"


def read(text, **fields):
    return understand(Client(referral=text, **fields))


def phrases(items):
    return [item.phrase for item in items if item.evidence.certainty == "read"]


def codes(profile):
    return {limit.code for limit in profile.limits}


@pytest.mark.parametrize(
    ("text", "wanted", "not_wanted", "cannot", "absent"),
    [
        ("Houdt niet van bingo.", [], ["bingo"], [], []),
        ("Heeft een hekel aan breien.", [], ["breien"], [], []),
        ("Hekel aan breien? Integendeel.", ["breien"], [], [], []),
        ("Heeft geen hekel aan kaarten, integendeel.", ["kaarten"], [], [], []),
        ("Wandelen gaat niet meer.", [], [], ["Wandelen"], []),
        ("Geen sport i.v.m. knie.", [], [], ["sport"], []),
        ("Niet eenzaam, wel moe.", [], [], [], ["eenzaam"]),
        ("Kan niet zonder zingen.", ["zingen"], [], [], []),
        ("Het was een niet ongezellig gesprek.", [], [], [], []),
        ("Zwemmen liever niet, wandelen graag.", ["wandelen"], ["Zwemmen"], [], []),
        ("Vindt voetbal kijken leuk maar zelf sporten niet.", ["voetbal kijken"], ["sporten"], [], []),
        ("Vroeger fanatiek gefietst.", ["gefietst"], [], [], []),
        ("Vroeger zwom ze elke week, nu durft ze niet meer.", [], [], ["zwom"], []),
        ("Wil niet alleen schilderen maar ook boetseren.", ["schilderen", "boetseren"], [], [], []),
        ("Niet dat hij niet wil schilderen.", ["schilderen"], [], [], []),
        ("Zijn dochter vindt kaarten vreselijk, hij is er verzot op.", ["kaarten"], [], [], []),
        ("Liever schaken dan dammen.", ["schaken"], ["dammen"], [], []),
        ("Knutselen? Geeuw. Kickboksen? Kom maar op.", ["Kickboksen"], ["Knutselen"], [], []),
        ("Hobby's: vissen, modelbouw, lezen.", ["vissen", "modelbouw", "lezen"], [], [], []),
        ("Depressie uitgesloten, angst evenmin.", [], [], [], ["Depressie", "angst"]),
        ("Zou een moestuin iets voor hem zijn?", [], [], [], []),
    ],
)  # fmt: skip
def test_the_four_meanings(text, wanted, not_wanted, cannot, absent):
    profile = read(text)
    assert phrases(profile.wishes) == wanted
    assert phrases(profile.not_wanted) == not_wanted
    assert phrases(profile.cannot) == cannot
    assert phrases(profile.absent) == absent


def own(name):
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [tuple(line.split("|", 1)) for line in lines if line]


@pytest.mark.parametrize(("expected", "text"), own("own_limits.txt"))
def test_limits(expected, text):
    assert codes(read(text)) == {code for code in expected.split(";") if code}


@pytest.mark.parametrize(("kind", "text"), own("own_signals.txt"))
def test_signals(kind, text):
    acute = {signal.kind for signal in read(text).signals if signal.acute}
    assert kind in acute if kind else not acute


@pytest.mark.parametrize(
    "text",
    [
        "Geen doodswens, geen plannen.",
        "Als kind mishandeld, nu veilig.",
        "Haar broer is schizofreen en hoort stemmen, zij zelf niet.",
        "Acht jaar clean van de coke.",
    ],
)
def test_denied_past_and_somebody_elses_signals_ask_to_be_talked_about(text):
    signals = read(text).signals
    assert signals
    assert not any(signal.acute for signal in signals)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("De buren lezen haar gedachten via de wifi.", "psychosis"),
        ("Zijn vrouw vond een afscheidsbrief.", "suicidality"),
        ("De buks is gepoetst, de fokkerijmap heeft hij weggegeven.", "suicidality"),
        ("Soms wil ik dat kussen pakken als hij huilt, fluistert ze.", "child_unsafe"),
    ],
)
def test_what_others_do_or_find_is_still_acute(text, kind):
    assert kind in {signal.kind for signal in read(text).signals if signal.acute}


def test_signals_carry_a_prompt_and_a_route_without_unverified_numbers():
    (signal,) = read("Mijn man slaat mij.").signals
    assert signal.kind == "domestic_violence"
    assert "0800-2000" in signal.route
    assert signal.prompt
    assert signal.evidence.text == "man slaat mij"


def test_structured_fields_are_stated_and_come_first():
    profile = read(
        "Houdt van dansen.", interests=["tuinieren"], dislikes=["grote groepen", "'s avonds"],
        goals=["minder piekeren"], needs=["wheelchair"], complaints=["P03", "eenzaamheid"],
    )  # fmt: skip
    assert [(w.phrase, w.evidence.certainty) for w in profile.wishes][:2] == [
        ("tuinieren", "stated"),
        ("minder piekeren", "stated"),
    ]
    assert phrases(profile.wishes) == ["dansen"]
    assert {"small_group", "not_evening", "wheelchair"} <= codes(profile)
    assert {n.code for n in profile.needs} >= {"low_mood", "loneliness_social", "stress_burnout"}
    assert profile.needs[0].weight == 1
    assert profile.elements


def test_a_field_wins_over_the_text():
    assert "free_only" not in codes(read("Het moet gratis zijn.", max_cost_month=20))
    assert "no_dutch" not in codes(read("Spreekt geen Nederlands.", languages=["nl"]))
    travel = {"mode": "car", "max_minutes": 30}
    assert "no_car" not in codes(read("Heeft geen auto.", travel=travel))
    profile = read("Zingen lijkt hem wat.", dislikes=["zingen"])
    assert not profile.wishes
    assert [item.phrase for item in profile.not_wanted] == ["zingen"]


def test_corrections_remove_items_but_never_signals():
    text = "'s Avonds gaat niet. Zingen is niks voor haar. Wil niet meer leven."
    corrected = read(text, corrections=["limit:not_evening", "not_wanted:zingen", "suicidality"])
    assert codes(read(text)) == {"not_evening"}
    assert not corrected.limits
    assert not corrected.not_wanted
    assert any(signal.acute for signal in corrected.signals)


def test_a_correction_takes_its_conclusions_along():
    assert not read("Loopt met een rollator.", corrections=["limit:walking_aid"]).cannot
    corrected = read("Slaapt slecht.", corrections=["need:sleep", "need:stress_burnout"])
    assert not corrected.needs
    assert not corrected.elements
    assert not corrected.cautions


def test_a_limit_of_the_body_rules_out_activities_that_are_not_asked_for():
    profile = read("Loopt met een rollator.")
    (item,) = profile.cannot
    assert item.evidence.certainty == "inferred"
    assert "hardlopen" in item.topics
    wishing = read("Loopt met een rollator, wil graag nordic walking doen.")
    assert "nordic_walking" not in {t for i in wishing.cannot for t in i.topics}


def test_a_trade_implies_wishes_unless_they_are_refused():
    (wish,) = read("Oud-timmerman, 70.").wishes
    assert wish.evidence.certainty == "inferred"
    assert set(wish.topics) == {"houtbewerking", "klussen"}
    assert not read("De timmerman komt morgen bij zijn zus.").wishes


@pytest.mark.parametrize(
    ("text", "as_of", "recent"),
    [
        ("Man in augustus overleden.", dt.date(2026, 11, 16), True),
        ("Man in augustus overleden.", None, False),
        ("Man drie weken geleden overleden.", None, True),
        ("Vrouw vorige maand overleden.", None, True),
        ("Man onlangs overleden.", None, True),
        ("Man in 2019 overleden.", dt.date(2026, 11, 16), False),
        ("Man in december overleden.", dt.date(2026, 11, 16), False),
        ("Man vier jaar geleden overleden.", None, False),
    ],
)
def test_a_recent_loss_is_a_caution(text, as_of, recent):
    found = {caution.code for caution in understand(Client(referral=text), as_of=as_of).cautions}
    assert ("grief_recent" in found) == recent


def test_cautions_come_from_words_codes_and_needs():
    found = {c.code for c in read("Burn-out, slaapt slecht, zit in de bijstand.").cautions}
    assert {"burnout_phase", "sleep_evening", "benefits_volunteering"} <= found
    assert "burnout_phase" in {c.code for c in read("", complaints=["P78"]).cautions}


def test_support_domains():
    found = {s.code for s in read("Aanmaningen, huurachterstand, zoekt een advocaat.").support}
    assert {"money", "legal"} <= found


def test_every_limit_code_of_the_table_is_reached_by_a_text():
    suite = [
        json.loads(line) for line in (SUITES / "reading-dev.jsonl").read_text("utf-8").splitlines()
    ]
    texts = [line["text"] for line in suite] + [text for _, text in own("own_limits.txt")]
    found = {code for text in texts for code in codes(read(text))}
    assert found == {row["code"] for row in tables.rows("limits")}


def test_the_development_suites_are_read_as_well_as_the_docs_say():
    lines = [json.loads(x) for x in (SUITES / "signals-dev.jsonl").read_text("utf-8").splitlines()]
    missed = [
        line["id"]
        for line in lines
        if line["status"] == "present"
        and line["kind"] not in {s.kind for s in read(line["text"]).signals if s.acute}
    ]
    assert not missed


ODD = st.text(max_size=400) | st.sampled_from(
    ["😀 niet 😀", "مرحبا niet graag", "\u202eniet\u202c graag", "?" * 50, "niet " * 2000, "(((", "'s", "- - -", "\x00"]
)  # fmt: skip
WORDS = st.lists(
    st.sampled_from(
        [
            "niet",
            "geen",
            "wil",
            "graag",
            "zingen",
            "wandelen",
            "kan",
            "meer",
            ",",
            ".",
            "?",
            "haar",
            "man",
            "zij",
            "houdt",
            "van",
            "maar",
            "en",
            "of",
            "ma",
            "di",
            "alleen",
            "'s",
            "avonds",
            "dood",
            "slaat",
            "(",
            ")",
            ":",
            "groepen",
            "eenzaam",
            "nooit",
            "rolstoel",
            "zonder",
            "hekel",
            "aan",
        ]
    ),
    max_size=40,
).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(ODD | WORDS)
def test_it_never_fails_and_offsets_point_into_the_text(text):
    client = Client(referral=text)
    profile = understand(client)
    assert profile == understand(client)
    groups = (
        profile.wishes, profile.not_wanted, profile.cannot, profile.absent, profile.limits,
        profile.needs, profile.elements, profile.support, profile.signals, profile.cautions,
    )  # fmt: skip
    for item in (item for group in groups for item in group):
        evidence = item.evidence
        if evidence.start is not None:
            assert evidence.text == client.referral[evidence.start : evidence.end]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([text for kind, text in own("own_signals.txt") if kind]),
    st.sampled_from(
        [
            "Woont in Zwolle.",
            "Houdt van tuinieren.",
            "Fiets staat in de schuur.",
            "Komt dinsdag terug.",
        ]
    ),
    st.booleans(),
)
def test_an_unrelated_sentence_takes_no_signal_away(text, other, before):
    kinds = {s.kind for s in read(text).signals if s.acute}
    joined = f"{other} {text}" if before else f"{text} {other}"
    assert kinds <= {s.kind for s in read(joined).signals if s.acute}


def test_an_empty_client_gives_an_empty_profile():
    assert understand(Client()) == type(understand(Client()))()
