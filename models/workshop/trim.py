"""Step 2: keep only the pieces that the languages of our users need.

Of the 250,000 pieces of the base vocabulary three quarters serve languages that no coach in the
Netherlands writes in. Their rows are dropped from the word table; the other rows do not change,
so vectors of texts that use only the kept pieces stay the same.
"""

from __future__ import annotations

import json
from pathlib import Path

from tokenizers import Tokenizer
from tqdm import tqdm

from . import common

DUTCH_WORDS = 310_000
OTHER_WORDS = 8_000
OTHERS = ("en", "de", "tr", "pl", "ar", "fr", "es", "uk")


def trim(base: Path, out: Path) -> Path:
    """Write the trimmed model to ``out`` and return it."""
    mark = common.fingerprint(
        base / "DONE", common.DATA / "texts", DUTCH_WORDS, OTHERS, OTHER_WORDS
    )
    if common.is_done(out, mark):
        return out
    from transformers import AutoModel

    out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    keep = sorted(_used_pieces(tokenizer))
    spec = json.loads((base / "tokenizer.json").read_text("utf-8"))
    new_id = {old: new for new, old in enumerate(keep)}
    vocabulary = spec["model"]["vocab"]
    spec["model"]["vocab"] = [vocabulary[old] for old in keep]
    spec["added_tokens"] = [
        token | {"id": new_id[token["id"]]}
        for token in spec["added_tokens"]
        if token["id"] in new_id
    ]
    (out / "tokenizer.json").write_text(json.dumps(spec, ensure_ascii=False), "utf-8")

    model = AutoModel.from_pretrained(base, add_pooling_layer=False)
    table = model.get_input_embeddings().weight.data[keep].clone()
    model.resize_token_embeddings(len(keep))
    model.get_input_embeddings().weight.data.copy_(table)
    model.config.pad_token_id = 1
    model.save_pretrained(out)
    common.set_done(out, mark)
    return out


def _used_pieces(tokenizer: Tokenizer) -> set[int]:
    from wordfreq import top_n_list

    used = set(range(4))
    used |= set(range(4, 260))  # punctuation, digits and short, common pieces
    batches = [top_n_list("nl", DUTCH_WORDS)]
    batches += [top_n_list(language, OTHER_WORDS) for language in OTHERS]
    batches.append(_corpus_texts())
    for words in tqdm(batches, desc="trim", unit="list"):
        for form in (str, str.capitalize):
            for encoding in tokenizer.encode_batch([form(word) for word in words]):
                used.update(encoding.ids)
    # A letter alone must never become <unk>, whatever the word around it.
    for piece, index in tokenizer.get_vocab().items():
        if len(piece.lstrip("▁")) <= 1 and ord(piece[-1]) < 0x0600 and index < 250_002:
            used.add(index)
    return used


def _corpus_texts() -> list[str]:
    texts = []
    for validation in (False, True):
        corpus = common.read_corpus(validation=validation)
        texts += [row["text"] for row in corpus.referrals.values()]
        texts += [f"{row['title']} {row['description']}" for row in corpus.activities.values()]
    return texts
