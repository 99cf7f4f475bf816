"""What providers write in the text and leave out of the fields: golden cases for every cue."""

import pytest

from wor_match import Activity
from wor_match.catalogue.provider_text import _cues, facts_of

CASES = [
    ("visits_home", "Een student tekent bij u thuis uw levensverhaal op."),
    ("visits_home", "Onze vrijwilligers bezoeken mensen die weinig anderen zien."),
    ("visits_home", "De adviseur komt aan uw keukentafel."),
    ("visits_home", "Een coach komt naar jou toe."),
    ("visits_home", "De ouderenadviseur komt bij mensen van 70 jaar en ouder thuis."),
    ("visits_home", "Wij doen een huisbezoek van een uur."),
    ("visits_home", "Voorlezen aan huis voor wie slecht ziet."),
    ("visits_home", "De chauffeur haalt u op en brengt u weer terug."),
    ("visits_home", "Een afspraak op kantoor of thuis kan dezelfde week."),
    ("not_visits_home", "De begeleider komt eerst een keer bij je thuis op de koffie."),
    ("not_visits_home", "Kamermuziek bij u thuis op het scherm."),
    ("lacks_ground_floor", "De zaal is alleen via de trap bereikbaar."),
    ("lacks_ground_floor", "Tweede verdieping, zonder lift."),
    ("lacks_ground_floor", "Bereikbaar via een wenteltrap."),
    ("lacks_wheelchair", "De toren is niet rolstoeltoegankelijk."),
    ("lacks_wheelchair", "Eerste verdieping, geen lift."),
    ("provides_wheelchair", "Een rolstoelbord op lage hoogte."),
    ("provides_ground_floor", "Koele kelder, lift aanwezig."),
    ("provides_hearing_loop", "Schrijftolk en ringleiding bij iedere bijeenkomst."),
    ("provides_low_stimulus", "Een prikkelarme huiskamer."),
    ("women", "Taal en thee, alleen voor vrouwen."),
    ("men", "Koken voor mannen onder elkaar."),
    ("closed", "Door de drukte hanteren wij een aanmeldstop."),
    ("monthly", "Repaircafé, 1e za v/d mnd."),
    ("monthly", "Wij komen een keer per maand bijeen."),
    ("monthly", "Wij lezen maandelijks op zondag een boek."),
    ("open_house", "Aanmelden is niet nodig, loop gerust binnen."),
    ("intake_first", "U begint met een kennismakingsgesprek."),
]


@pytest.mark.parametrize(("fact", "text"), CASES)
def test_a_cue_is_read(fact, text):
    assert fact in {name for name, pattern in _cues() if pattern.search(text)}


def test_every_cue_is_reached():
    unreached = [
        pattern.pattern
        for fact, pattern in _cues()
        if not any(f == fact and pattern.search(t) for f, t in CASES)
    ]
    assert unreached == []


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("Elke woensdag in de kooi, 16 t/m 27.", (16, 27)),
        ("Borrel voor alleengaanden van 35 tot 55.", (35, 55)),
        ("Vroeg op pad, 12 tot 15 km met koffie.", (None, None)),
        ("Kookcursus voor 55-plussers.", (55, None)),
        ("CJP en 65+ korting.", (None, None)),
        ("Wij hebben 100+ boeken.", (None, None)),
    ],
)
def test_ages_in_the_text(text, ages):
    facts = facts_of(Activity(id="a", title="x", category="social", description=text))
    assert (facts.age_min, facts.age_max) == ages


@pytest.mark.parametrize(
    "text",
    [
        "Praten over nee zeggen aan de deur.",
        "Voor wie thuis een stapel verstelwerk heeft liggen.",
        "Getrouwd, maar de partner woont niet meer thuis.",
        "In het Praathuis oefenen wij Nederlands.",
        "Voor mannen en vrouwen boven de veertig.",
        "Na afloop vrij zwemmen; een trap af met de kinderen.",
    ],
)
def test_what_only_sounds_like_it(text):
    facts = facts_of(Activity(id="a", title="x", category="social", description=text))
    assert (facts.visits_home, facts.lacks, facts.closed, facts.gender) == (False, (), False, "any")


def test_a_volunteer_goes_to_the_home_of_somebody_else():
    text = "U bezoekt mensen thuis; wij bezoeken mensen die weinig anderen zien."
    visitor, visited = (
        facts_of(Activity(id="a", title="x", category=category, description=text))
        for category in ("volunteering", "social")
    )
    assert not visitor.visits_home
    assert visited.visits_home
