"""What sharing scarce places gives and costs.

Run: python benchmarks/sharing.py [SECTION ...]

solvers     value and time of every way, on 10,000 clients with 10,000 and 100,000 activities
prices      one client at a time with shadow prices against greedy, 5 seeds, four loads
snapshots   on the shipped snapshots, demand at 1x and 2x of the places, against ranked alone
large       10,000 clients with the limits of real ones x 100,000 activities, vectors given
"""

import argparse
import datetime as dt
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from wor_match.sharing.assign import assign
from wor_match.sharing.edges import Edges
from wor_match.sharing.one_by_one import one_by_one
from wor_match.sharing.prices import fit_prices

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))
AS_OF = dt.date(2026, 11, 16)


def main() -> None:
    sections = {"solvers": solvers, "prices": prices, "snapshots": snapshots, "large": large}
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sections", nargs="*", default=list(sections), metavar="SECTION")
    parser.add_argument("--clients", type=int, default=10_000)
    parser.add_argument("--activities", type=int, default=100_000)
    options = parser.parse_args()
    for name in options.sections:
        print(f"\n## {name}")
        if name == "large":
            large(options.clients, options.activities)
        else:
            sections[name]()


def instance(n_clients: int, n_activities: int, top: int | None = 50, seed: int = 0):
    """Clients and activities around 60 towns: the best ``top`` within 10 km, 0.9 places each."""
    random = np.random.default_rng(seed)
    towns = random.random((60, 2)) * 200

    def points(count):
        found = towns[random.integers(0, 60, count)] + random.normal(0, 6, (count, 2))
        anywhere = random.random(count) < 0.4
        found[anywhere] = random.random((int(anywhere.sum()), 2)) * 200
        return found

    def directions(count):
        found = random.normal(size=(count, 16))
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    homes, places = points(n_clients), points(n_activities)
    wishes, offers = directions(n_clients), directions(n_activities)
    clients, activities, values = [], [], []
    for i, found in enumerate(cKDTree(places).query_ball_point(homes, 10)):
        near = np.array(found, int)
        distance = np.linalg.norm(places[near] - homes[i], axis=1)
        value = 0.3 * (offers[near] @ wishes[i] + 1) + 0.4 * (1 - distance / 10)
        best = np.argsort(-value, kind="stable")[:top]
        clients.append(np.full(len(best), i))
        activities.append(near[best])
        values.append(value[best])
    free = random.poisson(0.9, n_activities)
    ends = np.concatenate(clients), np.concatenate(activities)
    return Edges.of(*ends, np.concatenate(values), n_clients, n_activities), free


def solvers() -> None:
    """Everyone to the own best, first come, and the exact ways."""
    for n_activities in (10_000, 100_000):
        edges, free = instance(10_000, n_activities)
        print(f"10,000 clients x {n_activities:,}: {len(edges):,} edges, {free.sum():,} places")
        optimum = assign(edges, free).optimum
        order = np.lexsort((-edges.values, edges.clients))
        _, first = np.unique(edges.clients[order], return_index=True)
        own = edges.take(np.sort(order[first]))
        chosen = one_by_one(own, free, np.arange(edges.n_clients))
        share = own.values[chosen].sum() / optimum
        print(f"  {'own best':<12}{'':<9}{share:9.3%} {len(chosen):>7,} placed")
        for objective in ("first_come", "total", "fair"):
            for solver in ("scipy", "ortools"):
                start = time.perf_counter()
                found = assign(edges, free, objective=objective, solver=solver)
                seconds = time.perf_counter() - start
                print(
                    f"  {objective:<12}{solver:<9}{found.total / optimum:9.3%} {found.served:>7,}"
                    f" placed, {seconds:.2f} s, overflow {found.overflow},"
                    f" greatest loss {found.greatest_loss:.3f}, Gini {found.gini:.3f}"
                )
    edges, free = instance(10_000, 10_000, top=None)
    full = assign(edges, free, solver="ortools").optimum
    cut, _ = instance(10_000, 10_000, top=50)
    found = assign(cut, free)
    short = np.isin(edges.clients, found.unmatched)
    wider = Edges.joined([cut, edges.take(short)], edges.n_clients, edges.n_activities)
    widened = assign(wider, free, solver="ortools")
    print(f"  all {len(edges):,} edges are the whole; best 50 a client: {found.total / full:.4%};")
    print(f"  wider for the {len(found.unmatched)} left over: {widened.total / full:.4%}")


def months(seed: int, load: float, count: int, mean_places: float, months: int = 4):
    """Months over the same activities: wishes, what is popular, and distance up to 6 km."""
    random = np.random.default_rng(seed)
    where, what = random.random((count, 2)) * 30, random.normal(size=(count, 8))
    what /= np.linalg.norm(what, axis=1, keepdims=True)
    popular, free = random.normal(0, 0.3, count), random.poisson(mean_places, count)
    for _ in range(months):
        n = int(load * free.sum())
        home, wish = random.random((n, 2)) * 30, random.normal(size=(n, 8))
        wish /= np.linalg.norm(wish, axis=1, keepdims=True)
        distance = np.linalg.norm(home[:, None] - where[None], axis=2)
        fit = np.clip(wish @ what.T + popular, 0, 1)
        value = np.where(distance < 6, 0.6 * fit + 0.4 * (1 - distance / 6), -1)
        top = np.argsort(-value, axis=1)[:, :50]
        clients = np.repeat(np.arange(n), top.shape[1])
        values = np.take_along_axis(value, top, axis=1).ravel()
        near = values >= 0
        yield Edges.of(clients[near], top.ravel()[near], values[near], n, count), free


def prices() -> None:
    """Prices of three earlier months, then one client at a time; share of the hindsight optimum."""
    print("activities places load  greedy  prices (most 0.2)  most 0.1  unbounded  placed +/-")
    for count, mean_places in ((300, 8.0), (2000, 1.2)):
        for load in (0.6, 0.9, 1.2, 1.8):
            rows = []
            for seed in range(5):
                *past, (now, free) = months(seed, load, count, mean_places)
                optimum, order = assign(now, free).optimum, np.arange(now.n_clients)
                appeals = [None] + [fit_prices(past, most=m).appeal(now) for m in (0.2, 0.1, 1)]
                chosen = [one_by_one(now, free, order, appeal) for appeal in appeals]
                values = [100 * now.values[c].sum() / optimum for c in chosen]
                rows.append([*values, len(chosen[1]) - len(chosen[0])])
            greedy, priced, lower, unbounded, more = np.mean(rows, axis=0)
            print(
                f"{count:>10} {mean_places:>6} {load:>4}  {greedy:6.2f}"
                f"  {priced:6.2f} ({priced - greedy:+.2f})"
                f"     {lower - greedy:+8.2f}  {unbounded - greedy:+9.2f}  {more:+10.1f}"
            )


def snapshots() -> None:
    """Simulated intakes on the shipped snapshots; the mean of five seeds."""
    from wor_match import Catalogue, Client, Policy, prepare
    from wor_match.sharing.simulation import intake

    print("served, fit of the held, of their own best, over all, worst tenth, Gini, providers")
    for name in ("zwolle", "nijmegen"):
        folder = ROOT / "catalogues" / name
        catalogue = Catalogue.read(folder / "catalogue.jsonl")
        lines = (folder / "clients.jsonl").read_text("utf-8").splitlines()
        clients = [
            prepare(Client.model_validate_json(line), catalogue.model, as_of=AS_OF)
            for line in lines
        ]
        for load in (1, 2):
            intakes = [intake(clients, catalogue, load=load, seed=s, as_of=AS_OF) for s in range(5)]
            print(f"{name}, {intakes[0].edges.n_clients} clients for {load}x the places")
            ways = {"alone": [i.alone() for i in intakes]}
            for objective in ("first_come", "total", "fair"):
                for share in (0, 0.6, 0.8, Policy.default().sharing.least_share):
                    ways[f"{objective}, share {share}"] = [
                        i.shared(objective, share) for i in intakes
                    ]
            before = None
            for way, outcomes in ways.items():
                mean = np.mean([astuple(o) for o in outcomes], axis=0)
                before = mean if before is None else before
                print(
                    f"  {way:<22}" + " ".join(f"{x:7.3f}" for x in mean)
                    + f"   served {100 * (mean[0] - before[0]):+.1f} points,"
                    f" fit {mean[1] / before[1] - 1:+.1%}"
                )  # fmt: skip


def real_clients(count: int, model):
    """The clients of the judged sets, prepared, moved to ``count`` postcodes of the country."""
    from latency import real_clients as judged
    from wor_match import prepare
    from wor_match.geography.postcodes import _table

    base = [prepare(client, model, as_of=AS_OF) for client in judged()]
    codes, random = sorted(_table()), np.random.default_rng(5)
    where = random.integers(len(codes), size=count).tolist()
    return [
        replace(
            base[i % len(base)],
            client=base[i % len(base)].client.model_copy(
                update={"id": f"c{i}", "postcode": str(codes[where[i]])}
            ),
        )
        for i in range(count)
    ]


def large(n_clients: int = 10_000, n_activities: int = 100_000) -> None:
    """Edges, solver and memory of one large batch, serial and on two processes."""
    from scale import spread
    from wor_match import Catalogue
    from wor_match.sharing.many import match_many

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "snapshot"
        spread(n_activities).save(folder)
        catalogue = Catalogue.open(folder)
        clients = real_clients(n_clients, catalogue.model)
        print(json.dumps(blas(catalogue, clients)))
        pool = ProcessPoolExecutor(2, multiprocessing.get_context("spawn"))
        for name, executor in (("serial", None), ("2 processes", pool)):
            start, begun, told = time.perf_counter(), time.process_time(), []
            plan = match_many(
                clients,
                catalogue,
                as_of=AS_OF,
                acknowledge_attention=True,
                executor=executor,
                folder=folder,
                progress=lambda *_, start=start, told=told: told.append(
                    time.perf_counter() - start
                ),
            )
            seconds, found = time.perf_counter() - start, plan.assignment
            cpu = time.process_time() - begun
            own, workers = (
                resource.getrusage(who).ru_maxrss / 1e6
                for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
            )
            print(
                f"{n_clients:,} clients x {n_activities:,}, {name}: {seconds:.1f} s"
                f" ({cpu:.1f} s of this process); solver and rest {seconds - told[-1]:.1f} s;"
                f" {found.served:,} held, overflow {found.overflow}, regret {found.regret:.6f},"
                f" {found.regions} regions, widened {plan.widened};"
                f" peak {own:.2f} GB (a worker {workers:.2f} GB)"
            )
        pool.shutdown()


def blas(catalogue, clients, sample: int = 512) -> dict[str, float]:
    """Milliseconds a client: all of scoring, its vector part, and the bare product of the same.

    The bare product multiplies the same rows with the same directions, gathered beforehand.
    """
    from wor_match import Policy
    from wor_match.feasibility import constraints_of, feasible
    from wor_match.scoring import score
    from wor_match.scoring.fit import _products
    from wor_match.sharing.runs import one_blas_thread

    policy, vectors = Policy.default(), catalogue.vectors(clients[0].encoder)
    times = np.zeros(4)
    pairs = 0
    with one_blas_thread():
        for client in clients[:sample]:
            clock = [time.perf_counter()]
            constraints = constraints_of(client.client, client.profile, policy, AS_OF)
            found = feasible(catalogue, constraints, policy).reached
            clock.append(time.perf_counter())
            score(catalogue, found, client, constraints, policy)
            clock.append(time.perf_counter())
            _products(vectors, found.rows, client.directions)
            clock.append(time.perf_counter())
            gathered, directions = vectors[found.rows], client.directions.T
            start = time.perf_counter()
            gathered @ directions
            times += [*np.diff(clock), time.perf_counter() - start]
            pairs += len(found.rows)
    feasible_s, score_s, cosines_s, bare_s = times / sample * 1e3
    return {
        "feasible_ms": round(feasible_s, 3),
        "score_ms": round(score_s, 3),
        "of_which_vectors_ms": round(cosines_s, 3),
        "bare_product_ms": round(bare_s, 3),
        "bare_over_vectors": round(bare_s / cosines_s, 2),
        "bare_over_score": round(bare_s / score_s, 2),
        "rows_a_client": round(pairs / sample),
    }


if __name__ == "__main__":
    main()
