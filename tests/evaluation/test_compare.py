"""The table: every system, its interval, its difference, the ceiling."""

import numpy as np
import pytest

from wor_match.evaluation import metrics
from wor_match.evaluation.compare import (
    CEILING,
    ENGINE,
    MAIN,
    SHOWN,
    VIOLATIONS,
    ablations,
    beyond,
    compare,
    report,
    score,
)
from wor_match.evaluation.peers import WITH_FILTERS
from wor_match.policy import Policy


@pytest.fixture(scope="module")
def table(engine):
    return compare([engine])


def test_all_systems_stand_in_one_table_with_the_ceiling_last(table, gold):
    names = [system.name for system in table.systems]
    assert names[-2:] == [ENGINE, CEILING]
    assert sum(name.endswith(WITH_FILTERS) for name in names) >= 5
    assert f"{ENGINE}, no rules" in names
    for system in table.systems:
        assert all(len(vector) == len(gold.clients) for vector in system.values.values())


def test_the_engines_row_is_its_lists(table, answers, gold):
    np.testing.assert_array_equal(
        table[ENGINE].values[MAIN], metrics.ndcg(answers.order, gold.judgments)
    )


def test_the_ceiling_has_no_violation(table):
    assert not table[CEILING].values[VIOLATIONS].any()
    assert table.share_of_ceiling() == pytest.approx(
        table[ENGINE].values[MAIN].mean() / table[CEILING].values[MAIN].mean()
    )


def test_every_other_system_is_tested_and_corrected(table):
    assert set(table.p) == {s.name for s in table.systems} - {ENGINE, CEILING}
    assert all(table.p[name] >= gain.p - 1e-12 for name, gain in table.gains.items())


def test_the_best_peer_has_filters_and_the_highest_mean(table):
    best = table.best_peer()
    assert best.name.endswith(WITH_FILTERS)
    others = [s for s in table.systems if s.name.endswith(WITH_FILTERS)]
    assert best.values[MAIN].mean() == max(s.values[MAIN].mean() for s in others)


def test_markdown_has_a_row_each_and_every_column(table):
    text = table.markdown()
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + len(table.systems)
    assert all(name in rows[0] for name in SHOWN)
    assert len({row.count("|") for row in rows}) == 1
    assert f"**{ENGINE}**" in text


def test_the_frame_has_every_figure(table):
    frame = table.frame()
    assert set(frame.columns) == {"system", "measure", "mean", "low", "high", "n"}
    assert len(frame) == sum(len(s.values) for s in table.systems)


@pytest.mark.usefixtures("quick_intervals")
def test_two_sets_are_counted_client_by_client(engine):
    both = compare([engine, engine], with_ablations=False)
    one = compare([engine], with_ablations=False)
    assert len(both[ENGINE].values[MAIN]) == 2 * len(one[ENGINE].values[MAIN])
    assert both[ENGINE].figure(MAIN).mean == pytest.approx(one[ENGINE].figure(MAIN).mean)


def test_an_ablation_takes_one_part_and_keeps_the_sum():
    for name, policy in ablations(Policy.default()).items():
        part = name.removeprefix("no ")
        if part in ("story", "wishes", "needs", "words"):
            assert getattr(policy.fit, part) == 0
        if part in ("distance", "capacity"):
            assert getattr(policy.weights, part) == 0


def test_figures_beside_the_grades_are_there_and_no_limit_is_broken(engine, answers):
    figures = beyond(engine, answers)
    assert 0 < figures["coverage"] <= 1
    assert 0 <= figures["intra-list diversity"] <= 1
    assert figures["fill"] > 0


def test_score_gives_every_measure_of_the_table(gold, answers):
    values = score(gold, answers.order)
    assert set(SHOWN) <= set(values)


def test_the_report_answers_in_a_sentence(engine, table):
    text = report([engine], table)
    assert "Best peer: " in text
    assert "of the judges' ceiling" in text
    assert "signal recall" in text
