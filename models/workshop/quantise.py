"""Step 4: write the model folder that ships: ONNX in 8 bits, tokenizer, settings."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from . import common, graph

NAME = "wor-match-nl"
SETTINGS = {
    "name": NAME,
    "query_prefix": "query: ",
    "passage_prefix": "passage: ",
    "max_tokens": 512,
    "pad_id": 1,
}


def quantise(
    tuned: Path, out: Path, directions: Path | None = None, *, storage: graph.Storage = "int8"
) -> Path:
    """Write the shipped form of the torch model in ``tuned`` to ``out``."""
    mark = common.fingerprint(tuned / "DONE", Path(graph.__file__), SETTINGS, storage, directions)
    if common.is_done(out, mark):
        return out
    import numpy as np
    import onnx
    from transformers import AutoModel

    out.mkdir(parents=True, exist_ok=True)
    model = AutoModel.from_pretrained(tuned, add_pooling_layer=False)
    config = model.config
    weights = {key: value.float().numpy() for key, value in model.state_dict().items()}
    kept = None if directions is None else np.load(directions)
    proto = graph.build(
        weights,
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        eps=config.layer_norm_eps,
        storage=storage,
        directions=kept,
    )
    onnx.save(proto, out / "model.onnx")
    shutil.copy(tuned / "tokenizer.json", out / "tokenizer.json")
    _write(
        out / "wor_match.json",
        SETTINGS | {"dimension": config.hidden_size if kept is None else len(kept)},
    )
    _write(out / "modules.json", _modules())
    _write(out / "config_sentence_transformers.json", _sentence_transformers())
    common.set_done(out, mark)
    return out


def _modules() -> list[dict[str, object]]:
    kind = "wor_match.embedding.st_module.OnnxModule"
    return [{"idx": 0, "name": "0", "path": "", "type": kind}]


def _sentence_transformers() -> dict[str, object]:
    prompts = {"query": SETTINGS["query_prefix"], "passage": SETTINGS["passage_prefix"]}
    return {"prompts": prompts, "default_prompt_name": None, "similarity_fn_name": "cosine"}


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", "utf-8")
