"""Many clients at once: places are shared, whoever runs it, and one bad client hurts nobody."""

import datetime as dt
import json
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from wor_match import Catalogue, Client, Policy, match, prepare
from wor_match.errors import InputError
from wor_match.sharing.errors import WorkerError
from wor_match.sharing.ledger import Ledger
from wor_match.sharing.many import ClientFault, match_many

AS_OF = dt.date(2026, 11, 16)
SNAPSHOT = Path(__file__).parents[2] / "catalogues" / "zwolle"
FEW = Path(SNAPSHOT / "clients.jsonl").read_text("utf-8").splitlines()


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.read(SNAPSHOT / "catalogue.jsonl")


@pytest.fixture(scope="module")
def clients(catalogue):
    """Every client of the judged set four times: 160 for about as many places."""
    lines = [Client.model_validate_json(line) for line in FEW]
    read = [prepare(client, catalogue.model, as_of=AS_OF) for client in lines]
    return [_named(one, f"{one.client.id}-{copy}") for copy in range(4) for one in read]


def _named(prepared, name):
    from dataclasses import replace

    return replace(prepared, client=prepared.client.model_copy(update={"id": name}))


def places(catalogue, activity):
    capacity = catalogue[activity].capacity
    if capacity is None or not (capacity.places or capacity.enrolled or capacity.waiting):
        return None
    return max(0, capacity.places - capacity.enrolled - capacity.waiting)


@pytest.mark.parametrize("objective", ["total", "fair", "first_come"])
def test_no_place_is_held_twice(catalogue, clients, objective):
    policy = Policy.default().with_changes({"sharing": {"objective": objective}})
    plan = match_many(clients, catalogue, as_of=AS_OF, policy=policy)
    assert plan.assignment.overflow == 0
    for activity, count in plan.proposed.items():
        free = places(catalogue, activity)
        if free is not None and not _walk_in(catalogue, activity):
            assert count <= free, activity
    assert sum(plan.proposed.values()) == plan.assignment.served > 40


def _walk_in(catalogue, activity):
    return bool(catalogue.columns.open_house[catalogue.row(activity)])


def test_the_held_activity_comes_first_and_is_one_that_match_would_give(catalogue, clients):
    plan = match_many(clients, catalogue, as_of=AS_OF)
    for client, held, result in zip(clients, plan.held, plan, strict=True):
        assert result.held == held
        assert result.client_id == client.client.id
        if held is None:
            continue
        assert result.matches[0].activity.id == held
        assert [m.rank for m in result] == list(range(1, len(result) + 1))
        alone = match(client, catalogue, as_of=AS_OF).explain(held)
        assert alone.status in {"matched", "lower"}
        assert alone.score == result.matches[0].score
        assert result.explain(held).status == "matched"


def test_one_client_alone_gets_the_best_place(catalogue, clients):
    for client in clients[:10]:
        plan = match_many([client], catalogue, as_of=AS_OF)
        (result,) = plan
        if result.held is None:
            continue
        assert plan.assignment.regret == 0
        best = max(m.score for m in result if places(catalogue, m.activity.id) != 0)
        assert result.matches[0].score >= best - 1e-9


def test_order_of_the_clients_has_no_influence(catalogue, clients):
    plan = match_many(clients, catalogue, as_of=AS_OF)
    there = {c.client.id: held for c, held in zip(clients, plan.held, strict=True)}
    shuffled = [clients[i] for i in np.random.default_rng(4).permutation(len(clients))]
    back = match_many(shuffled, catalogue, as_of=AS_OF)
    assert {c.client.id: held for c, held in zip(shuffled, back.held, strict=True)} == there


def test_clients_without_an_id_of_their_own_are_told_apart(catalogue, clients):
    same = [_named(client, "client") for client in clients[:40]]
    shuffled = same[::-1]
    one, other = (match_many(c, catalogue, as_of=AS_OF).held for c in (same, shuffled))
    assert list(one) == list(other)[::-1]


@pytest.fixture(scope="module")
def serial(catalogue, clients):
    plan = match_many(clients, catalogue, as_of=AS_OF)
    return plan.held, list(plan.lines())


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_threads_and_processes_give_the_same_bytes(catalogue, clients, serial, kind):
    with kind(2) as executor:
        plan = match_many(clients, catalogue, as_of=AS_OF, executor=executor)
        assert (plan.held, list(plan.lines(executor=executor))) == serial


def test_dask_gives_the_same_bytes(catalogue, clients, serial):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        cluster.get_client() as dask,
    ):
        executor = dask.get_executor()
        plan = match_many(clients, catalogue, as_of=AS_OF, executor=executor)
        assert (plan.held, list(plan.lines(executor=executor))) == serial


def test_lines_are_the_results(catalogue, clients, serial):
    plan = match_many(clients, catalogue, as_of=AS_OF)
    assert [result.model_dump_json() for result in plan] == serial[1]


def test_a_worker_killed_on_the_way_is_a_clear_error(catalogue, clients):
    with ProcessPoolExecutor(2) as executor:

        def kill_all(done, total):
            for process in executor._processes.values():
                process.kill()

        with pytest.raises(WorkerError, match="nothing was returned or held"):
            match_many(clients * 8, catalogue, as_of=AS_OF, executor=executor, progress=kill_all)


def test_a_client_that_cannot_be_read_is_reported_and_the_others_are_served(catalogue, clients):
    bad = [{"id": "x", "age": "heel oud", "referral": 7}, "{geen json", 12]
    mixed = [*clients[:3], bad[0], *clients[3:6], *bad[1:]]
    plan = match_many(mixed, catalogue, as_of=AS_OF)
    assert [fault.index for fault in plan.faults] == [3, 7, 8]
    assert {f.field for f in plan.faults[0].faults} == {"age", "referral"}
    assert "client 3: field" in str(plan.faults[0])
    assert "geen json" not in str(plan.faults[1])
    results = list(plan)
    assert [isinstance(r, ClientFault) for r in results] == [i in {3, 7, 8} for i in range(9)]
    without = match_many(clients[:6], catalogue, as_of=AS_OF)
    assert [h for i, h in enumerate(plan.held) if i not in {3, 7, 8}] == list(without.held)
    lines = [json.loads(line) for line in plan.lines()]
    assert lines[3]["index"] == 3
    assert [line["client_id"] for line in lines[:3]] == [c.client.id for c in clients[:3]]


def test_nobody_at_all(catalogue):
    plan = match_many([], catalogue, as_of=AS_OF)
    assert len(plan) == 0
    assert list(plan) == list(plan.lines()) == []


def test_who_runs_out_of_candidates_gets_more(catalogue, clients):
    few = match_many(clients, catalogue, as_of=AS_OF, candidates=2)
    many = match_many(clients, catalogue, as_of=AS_OF, candidates=len(catalogue))
    assert few.widened > 0
    assert many.widened == 0
    assert few.assignment.total <= many.assignment.total + 1e-3
    assert few.assignment.total >= 0.97 * many.assignment.total


def test_what_others_hold_is_not_given_away(catalogue, clients, tmp_path):
    ledger = Ledger(tmp_path / "ledger.db")
    first = match_many(clients, catalogue, as_of=AS_OF)
    for activity, count in first.proposed.items():
        until = AS_OF + dt.timedelta(days=7)
        wanted = [(activity, places(catalogue, activity) or 1000)] * count
        ledger.hold_many(wanted, on=AS_OF, until=until)
    second = match_many(
        clients, catalogue, as_of=AS_OF, held_already={**ledger.held(AS_OF), "gone": 3}
    )
    for activity, count in second.proposed.items():
        free = places(catalogue, activity)
        if free is not None and not _walk_in(catalogue, activity):
            assert count + first.proposed.get(activity, 0) <= free


def test_no_place_is_held_where_the_list_is_withheld(catalogue, clients):
    acute = Client(id="acuut", referral="Ik wil er niet meer zijn.", postcode="8011")
    plan = match_many([acute, *clients[:3]], catalogue, as_of=AS_OF)
    result = next(iter(plan))
    assert result.withheld
    assert result.held is None
    assert plan.held[0] is None
    told = match_many([acute], catalogue, as_of=AS_OF, acknowledge_attention=True)
    assert not next(iter(told)).withheld


@pytest.mark.parametrize("options", [{"limit": 0}, {"candidates": 0}, {"arrival": [1.0]}])
def test_impossible_options_are_named(catalogue, clients, options):
    with pytest.raises(InputError, match=next(iter(options))):
        match_many(clients[:2], catalogue, as_of=AS_OF, **options)
