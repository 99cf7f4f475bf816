"""What was asked and not found, with nobody recognisable in it."""

import csv

import pytest

from wor_match.client import Client
from wor_match.errors import InputError
from wor_match.evaluation import gaps
from wor_match.evaluation.gaps import NO_OFFER, OTHER, Ask, asks, by


def many(n, wish="zingen", area="8011", part="evening", unmet=0, first=0, obstacle="reach"):
    return [
        Ask(f"c{first + at}", wish, area, part, obstacle if at < unmet else None) for at in range(n)
    ]


def test_a_full_cell_is_shown_with_what_stood_in_the_way():
    asked = many(24, unmet=12) + many(12, unmet=12, first=50, obstacle="full")
    gap = gaps.gaps(asked)[0]
    assert (gap.asked, gap.unmet, gap.obstacles) == (36, 24, ("reach", "full"))


@pytest.mark.parametrize("unmet", [0, 20])
def test_nobody_or_everybody_unmet_may_be_shown(unmet):
    gap = gaps.gaps(many(20, unmet=unmet))[0]
    assert (gap.asked, gap.unmet) == (20, unmet)


def test_small_cells_are_suppressed():
    gap = gaps.gaps(many(9, unmet=9))[0]
    assert (gap.asked, gap.unmet, gap.obstacles) == (None, None, ())


@pytest.mark.parametrize("unmet", [3, 17])
def test_a_few_unmet_or_a_few_met_are_suppressed_too(unmet):
    gap = gaps.gaps(many(20, unmet=unmet))[0]
    assert (gap.asked, gap.unmet, gap.obstacles) == (20, None, ())


def test_the_largest_gap_comes_first():
    report = gaps.gaps(
        [*many(20, wish="koken", unmet=10), *many(40, wish="zingen", unmet=30, first=100)]
    )
    assert [gap.wish for gap in report] == ["zingen", "koken"]


def test_coarser_cells_count_a_client_once():
    asked = many(12, part="evening", unmet=12) + many(12, part="weekend", unmet=12)
    assert by(asked, "wish") == {("zingen",): (12, 1.0)}
    assert by(many(3), "wish") == {}
    with pytest.raises(InputError, match="fields"):
        by(asked, "client")


def test_asks_come_from_what_was_understood(engine, answers):
    found = asks(engine.judged.clients, answers.results, [*engine.catalogue])
    assert found
    kinds = {
        kind for result in answers.results for wish in result.profile.wishes for kind in wish.topics
    }
    assert {ask.wish for ask in found} <= kinds | {OTHER}, "no words of a client get in"
    assert all(ask.part_of_day in gaps.PARTS_OF_DAY for ask in found)
    assert all(len(ask.neighbourhood) == 4 for ask in found)


def test_a_wish_that_nobody_offers_is_named_so(engine, answers):
    found = asks(engine.judged.clients, answers.results, [])
    assert {ask.obstacle for ask in found if ask.wish != OTHER and not ask.met} <= {NO_OFFER}


def test_clients_and_results_must_belong_together(engine, answers):
    with pytest.raises(InputError, match="results"):
        asks(engine.judged.clients[:2], answers.results, [])


@pytest.mark.parametrize(
    ("windows", "parts"),
    [
        ([], ["any time"]),
        ([{"weekday": "mo", "start": "09:00", "end": "12:00"}], ["morning"]),
        ([{"weekday": "mo", "start": "09:00", "end": "17:00"}], ["morning", "afternoon"]),
        ([{"weekday": "mo", "start": "19:00", "end": "22:00"}], ["evening"]),
        ([{"weekday": "tu"}], ["morning", "afternoon", "evening"]),
        ([{"weekday": "sa", "start": "09:00", "end": "12:00"}], ["weekend"]),
    ],
)
def test_parts_of_day(windows, parts):
    client = Client.model_validate({"id": "c", "availability": windows})
    assert gaps._parts_of_day(client) == parts


def test_the_table_leaves_suppressed_cells_empty(tmp_path):
    path = tmp_path / "gaps.csv"
    gaps.write_csv(gaps.gaps([*many(20, unmet=20), *many(2, area="8012")]), path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [*csv.DictReader(file, delimiter=";")]
    assert [(row["asked"], row["unmet"]) for row in rows] == [("20", "20"), ("", "")]
    assert float(rows[0]["lat"]) == pytest.approx(52.5, abs=0.1)
