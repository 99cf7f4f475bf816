"""The whole workshop: ``python -m models.workshop`` from the root of the repository.

Steps whose inputs did not change are skipped, so a run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from . import (
    alternatives,
    common,
    fetch,
    heads,
    quantise,
    reading,
    reduce,
    report,
    soup,
    train,
    trim,
)

# The model that finds likely good pairs among unseen ones, so that they do not count as wrong.
FINDER = train.Settings(epochs=2, judged=False)
SEEDS = (1, 2)
FILES = (
    "model.onnx",
    "tokenizer.json",
    "wor_match.json",
    "modules.json",
    "config_sentence_transformers.json",
    "heads.npz",
    "reader.onnx",
)


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m models.workshop", description=__doc__)
    parser.add_argument(
        "step",
        nargs="?",
        choices=("all", "evaluate", "alternatives"),
        default="all",
        help="all makes and measures",
    )
    parser.add_argument("--work", type=Path, default=Path.home() / ".cache" / "wor-match-workshop")
    parser.add_argument("--hub", action="store_true", help=f"take {fetch.HUB} from the hub")
    parser.add_argument("--shared", type=Path, default=common.SHARED, help="judged set and STSb-nl")
    parser.add_argument("--no-ship", action="store_true", help="leave models/wor-match-nl alone")
    options = parser.parse_args()
    work: Path = options.work
    work.mkdir(parents=True, exist_ok=True)

    if options.step == "evaluate":
        base = trim.trim(fetch.fetch(work / "base", hub=options.hub), work / "trimmed")
        zero_shot = quantise.quantise(base, work / "zero-shot")
        report.write(common.SHIPPED, zero_shot, work / "full", options.shared)
        return
    if options.step == "alternatives":
        print(alternatives.table(work / "tuned", work, options.shared))
        return
    made = make(work, hub=options.hub)
    if not options.no_ship:
        common.SHIPPED.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copy(made / name, common.SHIPPED / name)
    report.write(
        made if options.no_ship else common.SHIPPED,
        work / "zero-shot",
        work / "full",
        options.shared,
    )


def make(work: Path, *, hub: bool) -> Path:
    """Make the model folder and return it."""
    from wor_match.embedding.onnx import OnnxEncoder

    base = trim.trim(fetch.fetch(work / "base", hub=hub), work / "trimmed")
    quantise.quantise(base, work / "zero-shot")
    finder = train.train(base, work / "finder", FINDER)
    seeds = [
        train.train(base, work / f"seed-{seed}", train.FINAL.with_seed(seed), finder)
        for seed in SEEDS
    ]
    tuned = soup.soup(base, seeds, work / "tuned", keep_base=soup.KEEP_BASE)
    directions = reduce.reduce(tuned, work / "directions")
    quantise.quantise(tuned, work / "full", directions, storage="fp32")
    shipped = quantise.quantise(tuned, work / "shipped", directions)
    mark = common.fingerprint(shipped / "DONE", common.DATA / "texts", Path(heads.__file__))
    if not (shipped / "HEADS").is_file() or (shipped / "HEADS").read_text("utf-8") != mark:
        heads.make_heads(OnnxEncoder(shipped), shipped)
        (shipped / "HEADS").write_text(mark, "utf-8")
    shutil.copy(reading.reader(base, work / "reader"), shipped)
    return shipped


if __name__ == "__main__":
    main()
