"""Compare wor-match with what a user would take instead, on judged sets.

Run: ``python benchmarks/compare.py [SET …]``; without sets on every judged set in
``catalogues/``. Prints the tables and writes them into ``docs/quality.md``. A set of 160
activities and 40 clients takes well under a minute on two cores.
"""

import argparse
import sys
import time
from pathlib import Path

from wor_match.errors import MissingExtraError
from wor_match.evaluation import peers
from wor_match.evaluation.compare import compare, report
from wor_match.evaluation.engine import Engine
from wor_match.evaluation.judged import JudgedSet
from wor_match.policy import Policy

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs" / "quality.md"
BEGIN, END = "<!-- compare: begin -->", "<!-- compare: end -->"


def judged_sets() -> list[Path]:
    """Return every folder of ``catalogues/`` that holds judgments."""
    return sorted({path.parent for path in (REPOSITORY / "catalogues").glob("*/*qrels.tsv")})


def encoders() -> dict[str, peers.Encoder]:
    """Return the zero-shot model of the comparison, where it is installed."""
    try:
        return {"e5-small, zero-shot": peers.Remembering(peers.MultilingualE5())}
    except MissingExtraError as missing:
        print(f"without multilingual-e5-small: {missing}", file=sys.stderr)
        return {}


def section(engines: list[Engine], policy: Policy, models: dict[str, peers.Encoder]) -> str:
    """Run the comparison on some sets and return it as Markdown."""
    found = compare(engines, policy=policy, encoders=models, progress=_tell)
    return report(engines, found, policy=policy)


def write(text: str) -> None:
    """Put the text between the marks of the page; a page without marks gets them at its end."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Quality\n"
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2] or "\n"
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(f"{before.rstrip()}\n\n{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Read the command line, compare, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="*", type=Path, help="folders of judged sets")
    parser.add_argument("--policy", type=Path, help="a policy file in place of the default")
    parser.add_argument("--no-write", action="store_true", help="leave docs/quality.md alone")
    options = parser.parse_args()
    start = time.perf_counter()
    policy = Policy.read(options.policy) if options.policy else Policy.default()
    folders = options.sets or judged_sets()
    engines = [Engine(JudgedSet.read(folder)) for folder in folders]
    models = encoders()
    sections = [section([engine], policy, models) for engine in engines]
    if len(engines) > 1:
        sections.append(section(engines, policy, models))
    text = "\n".join(sections)
    print(text)
    if not options.no_write:
        write(text)
    print(f"{time.perf_counter() - start:.1f} s", file=sys.stderr)


def _tell(what: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{what:80.80s}", end="", file=sys.stderr)


if __name__ == "__main__":
    main()
