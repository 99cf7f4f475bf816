"""The national job: many clients x many activities within a time, extrapolated to 1M x 1M.

Run: python benchmarks/national.py [--activities 1000000] [--seconds 600]

The number of clients is what a first sample says this machine does in the time, on two
processes that map the catalogue from disk. Clients come prepared (read and embedded).
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from sharing import AS_OF, real_clients
from wor_match import Catalogue
from wor_match.sharing.many import match_many

SAMPLE = 512
WORKERS = 2
SHARE = 0.8  # of the time for edges; the rest is for the solver


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--activities", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--solver", default="scipy", choices=["scipy", "ortools"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "snapshot"
        start = time.perf_counter()
        build(options.activities, folder)
        print(f"{options.activities:,} activities made in {time.perf_counter() - start:.0f} s")
        catalogue = Catalogue.open(folder)
        with ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn")) as pool:
            run(catalogue, folder, pool, SAMPLE, options.solver)  # the workers start and map
            sample, _ = run(catalogue, folder, pool, SAMPLE, options.solver)
            count = int(SHARE * options.seconds / sample * SAMPLE)
            print(f"sample: {SAMPLE} clients in {sample:.2f} s, so {count:,} clients", flush=True)
            edges, rest = run(catalogue, folder, pool, count, options.solver, tell=True)
    each = edges / count
    print(
        f"1,000,000 clients x {options.activities:,}: {each * 1e3:.2f} ms a client on {WORKERS}"
        f" workers x 1,000,000 = {each * 1e6 / 3600:.1f} h for the edges on this machine"
        f" ({each * 1e6 / 3600 * WORKERS:.0f} core hours: {each * 1e6 * WORKERS / 64 / 60:.0f} min"
        f" on 64 cores); the rest, if linear in clients: {rest / count * 1e6 / 60:.0f} min"
    )


def build(count: int, folder: Path) -> None:
    """In a process of its own: what it needs is not held while matching."""
    process = multiprocessing.get_context("spawn").Process(target=_build, args=(count, folder))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit("the catalogue could not be made")


def _build(count: int, folder: Path) -> None:
    from scale import spread

    spread(count).save(folder)


def run(catalogue, folder, pool, count, solver, *, tell=False) -> tuple[float, float]:
    """Return seconds until the last edges, and seconds of the rest."""
    clients = real_clients(count, catalogue.model)
    told: list[float] = []
    start = time.perf_counter()
    plan = match_many(
        clients,
        catalogue,
        as_of=AS_OF,
        acknowledge_attention=True,
        executor=pool,
        folder=folder,
        solver=solver,
        progress=lambda *_: told.append(time.perf_counter() - start),
    )
    seconds, found = time.perf_counter() - start, plan.assignment
    if tell:
        own, worker = (
            resource.getrusage(who).ru_maxrss / 1e6
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        print(
            f"{count:,} clients x {len(catalogue):,} activities: {seconds:.0f} s; edges"
            f" {told[-1]:.0f} s, solver and rest {seconds - told[-1]:.1f} s; {found.served:,} held,"
            f" overflow {found.overflow}, {found.regions} regions, widened {plan.widened};"
            f" peak {own:.2f} GB (a worker {worker:.2f} GB, of which the map is shared)"
        )
    return told[-1], seconds - told[-1]


if __name__ == "__main__":
    main()
