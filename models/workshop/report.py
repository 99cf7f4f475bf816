"""Measures a model folder and writes ``figures.json`` beside its weights; prints it as Markdown."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from wor_match.embedding.encoder import Vectors
from wor_match.embedding.onnx import OnnxEncoder

from . import common, evaluate, heads, speed


def write(model: Path, zero_shot: Path, full: Path, shared: Path) -> None:
    """Measure everything and write ``figures.json`` into the model folder."""
    ours, base = OnnxEncoder(model), OnnxEncoder(zero_shot)
    judged = evaluate.read_judged(shared / "gold-dev")
    table = evaluate.systems(judged, {ours.name: ours}, base)
    sts = evaluate.sts_file(shared)
    figures: dict[str, object] = {
        "model": ours.name,
        "gold-dev": table,
        "validation recall@5": {
            "e5-small, zero-shot": evaluate.validation_recall(base),
            ours.name: evaluate.validation_recall(ours),
        },
        "STSb-nl Spearman": {
            "e5-small, zero-shot": evaluate.sts(base, sts),
            ours.name: evaluate.sts(ours, sts),
        },
        "wheel, MB": speed.wheel_megabytes(model),
        "load, s": speed.load_seconds(model),
    }
    if (full / "model.onnx").is_file():
        figures["8 bits against fp32"] = against_full(ours, OnnxEncoder(full), judged)
    tuned = full.parent / "tuned"
    if (tuned / "model.safetensors").is_file():
        stories, passages = evaluate.gold_texts(judged, plain=False)
        figures["speed"] = speed.compare(model, tuned, stories, passages)
    if (model / "heads.npz").is_file():
        figures["heads on val"] = heads.measure(ours, model)
    target = model / "figures.json"
    target.write_text(json.dumps(figures, indent=1, default=float) + "\n", "utf-8")
    print(target.read_text("utf-8"))


def sample(n: int = 1000) -> tuple[list[str], list[str]]:
    """Return n texts of the corpus, half stories and half activities, always the same."""
    stories, passages = [], []
    for validation in (False, True):
        corpus = common.read_corpus(validation=validation)
        stories += corpus.stories
        passages += corpus.passages
    generator = np.random.default_rng(0)
    half = n // 2
    return (
        [stories[i] for i in generator.permutation(len(stories))[:half]],
        [passages[i] for i in generator.permutation(len(passages))[:half]],
    )


def against_full(
    ours: OnnxEncoder, full: OnnxEncoder, judged: evaluate.JudgedSet
) -> dict[str, float]:
    """Compare the shipped 8-bit model with its own weights in fp32."""
    stories, passages = sample()
    cosines = np.concatenate(
        [
            _rowwise(ours.encode_queries(stories), full.encode_queries(stories)),
            _rowwise(ours.encode_passages(passages), full.encode_passages(passages)),
        ]
    )
    texts = evaluate.gold_texts(judged, plain=False)
    tops = [
        [set(order[:10]) for order in evaluate.rank(evaluate.cosine(encoder, *texts))]
        for encoder in (ours, full)
    ]
    overlap = np.mean([len(a & b) / 10 for a, b in zip(*tops, strict=True)])
    return {
        "texts": float(len(cosines)),
        "cosine, lowest": float(cosines.min()),
        "cosine, mean": float(cosines.mean()),
        "top-10 overlap on gold-dev": float(overlap),
    }


def _rowwise(a: Vectors, b: Vectors) -> Vectors:
    return np.asarray((a * b).sum(1))
