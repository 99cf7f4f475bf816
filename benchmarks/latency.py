"""Measure how fast match() is: python benchmarks/latency.py [COUNT ...].

For each size of catalogue: the time of match() for clients that were prepared
before (read and embedded), against the bare NumPy scan of the same rows: filter
by distance, multiply, take the best. Also import time, the command line, and the
peak memory of the process that matches; and reading and embedding a client. Every
size runs in a process of its own.
"""

import argparse
import datetime as dt
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

AS_OF = dt.date(2026, 11, 16)
REPEAT = 5
SIZES = (10_000, 100_000, 1_000_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--build", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.build:
        from scale import spread

        spread(int(options.build[0])).save(options.build[1])
        return
    if options.measure:
        print(json.dumps(measure(options.measure)))
        return
    print(f"python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}")
    print(f"import wor_match: {import_seconds():.3f} s (median of 10)")
    print(f"wor-match match, whole process, warm cache: {command_seconds():.2f} s (median of 5)")
    print(f"reading and embedding one client: {prepare_seconds() * 1e3:.0f} ms (median)")
    heads = ("activities", "reached", "p50 ms", "p95 ms", "bare ms", "ratio", "peak GB")
    print("\n" + " ".join(f"{head:>10}" for head in heads))
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            target = str(Path(folder) / "snapshot")
            run(["--build", str(size), target])
            row = json.loads(run(["--measure", target]))
        figures = (row["p50"], row["p95"], row["bare"], row["p50"] / row["bare"], row["peak"])
        cells = (f"{size:,}", f"{row['reached']:,}", *(f"{figure:.2f}" for figure in figures))
        print(" ".join(f"{cell:>10}" for cell in cells))


def run(arguments: list[str]) -> str:
    command = [sys.executable, str(Path(__file__)), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def import_seconds() -> float:
    code = "import time; t = time.perf_counter(); import wor_match; print(time.perf_counter() - t)"
    times = [
        float(
            subprocess.run(
                [sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True
            ).stdout
        )
        for _ in range(10)
    ]
    return float(np.median(times))


def command_seconds() -> float:
    client = ROOT / "catalogues/nijmegen/examples/vb01.json"
    command = [sys.executable, "-m", "wor_match.cli", "match", str(client)]
    command += [
        "--catalogue",
        str(ROOT / "catalogues/nijmegen/catalogue.jsonl"),
        "--as-of",
        str(AS_OF),
    ]
    times = []
    for _ in range(6):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return float(np.median(times[1:]))


def prepare_seconds() -> float:
    from wor_match import prepare
    from wor_match.embedding import bundled

    encoder, times = bundled(), []
    for client in real_clients():
        start = time.perf_counter()
        prepare(client, encoder)
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def measure(folder: Path) -> dict[str, float]:
    from wor_match import Catalogue, Policy, match, prepare
    from wor_match.feasibility import constraints_of
    from wor_match.feasibility.reach import reached

    catalogue, policy = Catalogue.open(folder), Policy.default()
    clients = [prepare(client, catalogue.model) for client in real_clients()]
    times, reach, bare = [], [], []
    for _ in range(REPEAT):
        for client in clients:
            start = time.perf_counter()
            result = match(client, catalogue, as_of=AS_OF, acknowledge_attention=True)
            times.append(time.perf_counter() - start)
            del result
    for client in clients:
        constraints = constraints_of(client.client, client.profile, policy, AS_OF)
        reach.append(len(reached(catalogue, constraints, policy).rows))
        bare.append(min(bare_scan(catalogue, client, constraints) for _ in range(REPEAT)))
    return {
        "p50": float(np.percentile(times, 50)) * 1e3,
        "p95": float(np.percentile(times, 95)) * 1e3,
        "bare": float(np.median(bare)) * 1e3,
        "reached": int(np.median(reach)),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }


def bare_scan(catalogue, client, constraints) -> float:
    """Seconds for what cannot be left out: distances to all, one product, the ten best."""
    from wor_match.geography.distance import coordinates

    vectors, xyz = catalogue.vectors(client.encoder), catalogue.columns.xyz
    query = client.directions[0]
    origin = coordinates(constraints.place.lat, constraints.place.lon)
    start = time.perf_counter()
    difference = xyz - origin
    rows = np.flatnonzero(np.einsum("ij,ij->i", difference, difference) <= constraints.reach_km**2)
    similarity = vectors[rows] @ query
    if len(rows) > 10:
        np.argpartition(-similarity, 10)[:10]
    return time.perf_counter() - start


def real_clients() -> list:
    """The clients of the judged sets, moved to postcodes over the whole country."""
    from wor_match import Client
    from wor_match.geography.postcodes import _table

    lines = [
        json.loads(line)
        for name in ("zwolle", "nijmegen")
        for line in (ROOT / f"catalogues/{name}/clients.jsonl").read_text("utf-8").splitlines()
    ]
    codes = sorted(_table())
    random = np.random.default_rng(1)
    return [
        Client.model_validate({**line, "location": None, "postcode": str(random.choice(codes))})
        for line in lines
    ]


if __name__ == "__main__":
    main()
