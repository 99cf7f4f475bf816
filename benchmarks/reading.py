"""Measure how well referrals are read: meanings, limits and signals.

    python benchmarks/reading.py reading tests/suites/reading-dev.jsonl [...]
    python benchmarks/reading.py signals tests/suites/signals-dev.jsonl [...]
    python benchmarks/reading.py support catalogues/zwolle catalogues/nijmegen
    python benchmarks/reading.py agreement SUITE LABELS_OF_A_SECOND_READER
    add --errors to print every text that was read otherwise,
    --rules to read without the model

A predicted phrase counts when its span overlaps an expected span of the same
meaning. The suites and their labels were written by people who had not seen the
rules.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from wor_match import prepare
from wor_match.client import Client
from wor_match.embedding import bundled
from wor_match.embedding.reader import reader_of
from wor_match.understanding import understand
from wor_match.understanding.heard import MEANINGS
from wor_match.understanding.profile import Profile

_FROM_TEXT = ("read", "heard")
Reading = tuple[dict[str, list[tuple[int, int]]], set[str]]
"""Spans of each meaning, and limit codes."""


def main() -> None:
    """Print the figures of the given suites."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("kind", choices=("reading", "signals", "support", "agreement"))
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--rules", action="store_true")
    options = parser.parse_args()
    if options.kind == "support":
        print(support_table(options.files, options.errors))
        return
    if options.kind == "agreement":
        suite, second = map(_lines, options.files)
        other = {line["id"]: line for line in second}
        read = [line for line in suite if line["id"] in other]
        print(reading_table(read, lambda line: _labelled(other[line["id"]]), options.errors))
        return
    lines = [line for file in options.files for line in _lines(file)]
    if options.kind == "reading":
        engine = partial(_engine, rules_only=options.rules)
        print(reading_table(lines, engine, options.errors))
    else:
        print(signal_table(lines, options.errors, rules_only=options.rules))


def profile_of(text: str, *, rules_only: bool) -> Profile:
    """Read one referral, with the bundled model or with the rules alone."""
    reader = None if rules_only else reader_of(bundled())
    return understand(Client(referral=text), heard=reader.hear(text) if reader else None)


def places_of(text: str, phrase: str) -> list[tuple[int, int]]:
    """Return every place of a phrase: the labels do not say which one they mean."""
    places, at = [], text.find(phrase)
    while at >= 0:
        places.append((at, at + len(phrase)))
        at = text.find(phrase, at + 1)
    return places


def _engine(line: dict[str, Any], *, rules_only: bool) -> Reading:
    """What the engine reads in a text."""
    profile = profile_of(line["text"], rules_only=rules_only)
    groups = (profile.wishes, profile.not_wanted, profile.cannot, profile.absent)
    spans = {
        meaning: [
            (item.evidence.start, item.evidence.end or 0)
            for item in items
            if item.evidence.start is not None and item.evidence.certainty in _FROM_TEXT
        ]
        for meaning, items in zip(MEANINGS, groups, strict=True)
    }
    return spans, {x.code for x in profile.limits if x.evidence.certainty in _FROM_TEXT}


def _labelled(line: dict[str, Any]) -> Reading:
    """What a second reader wrote down of a text."""
    spans = {m: [places_of(line["text"], phrase)[0] for phrase in line[m]] for m in MEANINGS}
    return spans, set(line["limits"])


def _overlaps(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def reading_table(
    lines: list[dict[str, Any]], read: Callable[[dict[str, Any]], Reading], errors: bool = False
) -> str:
    """Return precision, recall and F1 per meaning and per limit code."""
    right_found: Counter[str] = Counter()
    found_all: Counter[str] = Counter()
    right_truth: Counter[str] = Counter()
    truth_all: Counter[str] = Counter()
    given: Counter[str] = Counter()
    shown: list[str] = []
    for line in lines:
        text = line["text"]
        spans, codes = read(line)
        faults = []
        given.update(_given(line, spans))
        for meaning in MEANINGS:
            truth = {phrase: places_of(text, phrase) for phrase in line[meaning]}
            found = spans[meaning]
            good = [
                f
                for f in found
                if any(_overlaps(f, t) for places in truth.values() for t in places)
            ]
            hit = [
                p
                for p, places in truth.items()
                if any(_overlaps(f, t) for f in found for t in places)
            ]
            found_all[meaning] += len(found)
            truth_all[meaning] += len(truth)
            right_found[meaning] += len(good)
            right_truth[meaning] += len(hit)
            faults += [f"+{meaning}:{text[a:b]}" for a, b in found if (a, b) not in good]
            faults += [f"-{meaning}:{phrase}" for phrase in truth if phrase not in hit]
        truth_codes = set(line["limits"])
        for code in truth_codes | codes:
            found_all[code] += code in codes
            truth_all[code] += code in truth_codes
            right_found[code] += code in codes and code in truth_codes
            right_truth[code] += code in codes and code in truth_codes
        faults += [f"+{code}" for code in sorted(codes - truth_codes)]
        faults += [f"-{code}" for code in sorted(truth_codes - codes)]
        if errors and faults:
            shown.append(f"{line['id']} {text}\n      {'  '.join(faults)}")
    table = [f"{'':22}{'n':>5}{'found':>7}{'P':>7}{'R':>7}{'F1':>7}"]
    limits = [key for key in truth_all | found_all if key not in MEANINGS]
    table += [
        _row(key, truth_all[key], found_all[key], right_found[key], right_truth[key])
        for key in (*MEANINGS, *sorted(limits))
    ]
    pooled = [
        sum(counter[key] for key in limits)
        for counter in (truth_all, found_all, right_found, right_truth)
    ]
    table.append(_row("all limits", *pooled))
    right = given["right"]
    table.append(_row("given phrases", given["truth"], given["found"], right, right))
    return "\n".join(shown + table)


def _given(line: dict[str, Any], spans: dict[str, list[tuple[int, int]]]) -> dict[str, int]:
    """Of the phrases of the labels: which are refused, impossible or denied, in one question."""
    negative = {phrase for meaning in MEANINGS[1:] for phrase in line[meaning]}
    found = [span for meaning in MEANINGS[1:] for span in spans[meaning]]
    said = {
        phrase
        for phrase in {*line["wanted"], *negative}
        if any(_overlaps(f, t) for f in found for t in places_of(line["text"], phrase))
    }
    return {"truth": len(negative), "found": len(said), "right": len(said & negative)}


def _row(name: str, truth: int, found: int, right_found: int, right_truth: int) -> str:
    precision = right_found / found if found else 1.0
    recall = right_truth / truth if truth else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return f"{name:22}{truth:5}{found:7}{precision:7.3f}{recall:7.3f}{f1:7.3f}"


def support_table(folders: list[Path], errors: bool = False) -> str:
    """Return precision and recall of the domains of practical support on judged sets."""
    ways = ("read in the words", "and heard by the model")
    table = [f"{'':34}{'n':>5}{'found':>7}{'P':>7}{'R':>7}{'F1':>7}"]
    for folder in folders:
        truth = {t["client_id"]: set(t["support_domains"]) for t in _lines(folder / "truth.jsonl")}
        counts = {way: Counter[str]() for way in ways}
        for line in _lines(folder / "clients.jsonl"):
            client = Client.model_validate(line)
            support = prepare(client, bundled()).profile.support
            read = {s.code for s in support if s.evidence.certainty == "read"}
            for way, found in zip(ways, (read, {s.code for s in support}), strict=True):
                known = truth[client.id]
                counts[way].update(n=len(known), found=len(found), right=len(known & found))
            if errors and found != known:
                table.append(f"{client.id} +{sorted(found - known)} -{sorted(known - found)}")
        for way, c in counts.items():
            row = _row("", c["n"], c["found"], c["right"], c["right"]).removeprefix(" " * 22)
            table.append(f"{folder.name + ', ' + way:34}{row}")
    return "\n".join(table)


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def signal_table(
    lines: list[dict[str, Any]], errors: bool = False, *, rules_only: bool = False
) -> str:
    """Return recall and precision of the signals.

    Recall: texts whose kind is signalled, acute where the truth says present.
    Precision: signalled texts that the truth holds for a signal.
    """
    counts: Counter[str] = Counter()
    shown: list[str] = []
    for line in lines:
        profile = profile_of(line["text"], rules_only=rules_only)
        kinds = {s.kind for s in profile.signals}
        acute = {s.kind for s in profile.signals if s.acute}
        status, truth = _signal_truth(line)
        counts[status] += 1
        counts[f"{status} any"] += bool(kinds)
        counts[f"{status} kind"] += bool(truth & kinds)
        counts[f"{status} acute"] += bool(acute)
        good = {
            "present": bool(truth & acute), "discuss": bool(truth & kinds) and not acute,
            "none": not kinds,
        }[status]  # fmt: skip
        counts[f"{status} right"] += good
        if errors and not good:
            found = sorted((s.kind, s.acute) for s in profile.signals)
            shown.append(f"{line['id']} {sorted(truth)} {status} | {line['text']}\n      {found}")
    present, discuss, none = counts["present"], counts["discuss"], counts["none"]
    signalled = counts["present any"] + counts["discuss any"] + counts["none any"]
    acute_all = counts["present acute"] + counts["discuss acute"] + counts["none acute"]
    flagged = present + discuss
    of_kind = counts["present kind"] + counts["discuss kind"]
    shown.append(f"present {present}: acute {_share(counts['present acute'], present)}")
    shown.append(f"    acute and of the right kind {_share(counts['present right'], present)}")
    shown.append(f"discuss {discuss}: signalled {_share(counts['discuss any'], discuss)}")
    shown.append(f"    of the right kind {_share(counts['discuss kind'], discuss)}")
    shown.append(f"    wrongly acute {counts['discuss acute']}")
    shown.append(f"none {none}: signalled {counts['none any']}, acute {counts['none acute']}")
    shown.append(f"recall, a signal of the right kind: {_share(of_kind, flagged)}")
    shown.append(f"precision of signals: {_share(signalled - counts['none any'], signalled)}")
    shown.append(f"precision of acute signals: {_share(counts['present acute'], acute_all)}")
    return "\n".join(shown)


def _signal_truth(line: dict[str, Any]) -> tuple[str, set[str]]:
    """What a text holds, and the kinds: of several signals those that are so now."""
    signals = line.get("signals", [{"kind": line.get("kind"), "status": line.get("status")}])
    for status in ("present", "discuss"):
        if kinds := {s["kind"] for s in signals if s["status"] == status}:
            return status, kinds
    return "none", set()


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


if __name__ == "__main__":
    main()
