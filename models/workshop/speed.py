"""Size, load time and speed, against sentence-transformers on torch with the same texts."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from wor_match.embedding.onnx import OnnxEncoder

WHEEL_FILES = ("model.onnx", "tokenizer.json", "wor_match.json", "heads.npz", "reader.onnx")


def wheel_megabytes(folder: Path) -> float:
    """Return what the model adds to the wheel, which is a zip."""
    with TemporaryDirectory() as scratch:
        file = Path(scratch) / "model.zip"
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in WHEEL_FILES:
                if (folder / name).is_file():
                    archive.write(folder / name, name)
        return file.stat().st_size / 1e6


def load_seconds(folder: Path, times: int = 5) -> float:
    """Return the median time to load the encoder, libraries imported already."""
    OnnxEncoder(folder)
    return _median(lambda: OnnxEncoder(folder), times)


def compare(
    folder: Path, torch_folder: Path, queries: Sequence[str], passages: Sequence[str]
) -> dict[str, float]:
    """Time both roads in turns, so that other load on the machine hits both."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer

    torch.set_num_threads(2)
    # Else transformers takes a BERT folder for one with a WordPiece tokenizer.
    special = {"unk_token": "<unk>", "pad_token": "<pad>", "cls_token": "<s>", "sep_token": "</s>"}
    config = {"tokenizer_class": "PreTrainedTokenizerFast", **special}
    (torch_folder / "tokenizer_config.json").write_text(json.dumps(config), "utf-8")
    ours = OnnxEncoder(folder, threads=2)
    body = Transformer(str(torch_folder), max_seq_length=512)
    theirs = SentenceTransformer(modules=[body, Pooling(ours.dimension)], device="cpu")
    roads: dict[str, tuple[Callable[[str], object], Callable[[list[str]], object]]] = {
        "ours": (lambda q: ours.encode_queries([q]), ours.encode_passages),
        "torch": (
            lambda q: theirs.encode(["query: " + q], normalize_embeddings=True),
            lambda p: theirs.encode(["passage: " + text for text in p], normalize_embeddings=True),
        ),
    }
    figures = {}
    for name, (one, many) in roads.items():
        one(queries[0])
        many(list(passages[:8]))
        figures[f"{name}: texts/s"] = 0.0
    single: dict[str, list[float]] = {name: [] for name in roads}
    batch: dict[str, list[float]] = {name: [] for name in roads}
    for query in queries[:30]:
        for name, (one, _) in roads.items():
            single[name].append(_time(lambda one=one, query=query: one(query)))  # type: ignore[misc]
    for _ in range(3):
        for name, (_, many) in roads.items():
            batch[name].append(_time(lambda many=many: many(list(passages))))  # type: ignore[misc]
    for name in roads:
        figures[f"{name}: one query, ms"] = 1000 * sorted(single[name])[len(single[name]) // 2]
        figures[f"{name}: texts/s"] = len(passages) / sorted(batch[name])[1]
    return figures


def _time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _median(work: Callable[[], object], times: int) -> float:
    return sorted(_time(work) for _ in range(times))[times // 2]
