"""What clinlp, the Dutch peer for clinical text, makes of negation in our suites.

    pip install clinlp        # in an environment of its own; wor-match is not needed
    python benchmarks/clinlp_peer.py tests/suites/reading-unseen.jsonl [...]

clinlp does not find what a client wants or refuses; it tells of a given term whether it is negated.
So both are given the phrases of the labels and asked one thing: is it refused, impossible or
denied? The row "given phrases" of ``benchmarks/reading.py reading`` answers it for wor-match.
"""

import argparse
import json
from pathlib import Path

import spacy
from clinlp.ie import Term

NEGATIVE = ("not_wanted", "cannot", "absent")


def main() -> None:
    """Print precision, recall and F1 of the given suites."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path)
    rows = [
        json.loads(line)
        for file in parser.parse_args().files
        for line in file.read_text("utf-8").splitlines()
    ]
    given = [{m: set(row[m]) for m in ("wanted", *NEGATIVE)} for row in rows]
    every = {phrase for meanings in given for phrases in meanings.values() for phrase in phrases}
    nlp = pipeline(sorted(every))
    found = right = truth = 0
    for row, meanings in zip(rows, given, strict=True):
        negative = set().union(*(meanings[m] for m in NEGATIVE))
        said = negated(nlp, row["text"]) & (negative | meanings["wanted"])
        found, truth, right = found + len(said), truth + len(negative), right + len(said & negative)
    precision, recall = right / found, right / truth
    f1 = 2 * precision * recall / (precision + recall)
    print(f"given phrases: {truth} negative, P {precision:.3f}, R {recall:.3f}, F1 {f1:.3f}")


def pipeline(phrases: list[str]) -> spacy.Language:
    """Set clinlp up with these terms."""
    nlp = spacy.blank("clinlp")
    nlp.add_pipe("clinlp_normalizer")
    nlp.add_pipe("clinlp_sentencizer")
    matcher = nlp.add_pipe("clinlp_rule_based_entity_matcher")
    matcher.add_terms_from_dict({phrase: [Term(phrase, attr="TEXT")] for phrase in phrases})
    nlp.add_pipe("clinlp_context_algorithm")
    return nlp


def negated(nlp: spacy.Language, text: str) -> set[str]:
    """Return the terms that clinlp holds for negated in a text."""
    doc = nlp(text)
    return {
        span.label_
        for span in doc.spans.get("ents", [])
        if any(q.name == "Presence" and q.value == "Absent" for q in span._.qualifiers)
    }


if __name__ == "__main__":
    main()
