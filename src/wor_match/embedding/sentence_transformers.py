"""Any sentence-transformers model as an encoder."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from wor_match.embedding.adapter import EncodeAdapter
from wor_match.errors import MissingExtraError


def sentence_transformers_encoder(
    name_or_path: str | Path,
    *,
    query_prefix: str | None = None,
    passage_prefix: str | None = None,
    **options: Any,
) -> EncodeAdapter:
    """Load a sentence-transformers model by name or path.

    Parameters
    ----------
    name_or_path
        As for ``SentenceTransformer``.
    query_prefix, passage_prefix
        Text before queries and passages. Left out: the model's own prompts of the names
        ``query`` and ``passage`` (or ``document``), or none.
    **options
        Passed on to ``SentenceTransformer``, such as ``device`` or ``trust_remote_code``.

    Raises
    ------
    MissingExtraError
        If sentence-transformers is not installed.
    """
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise MissingExtraError("sentence-transformers", "sentence-transformers") from error
    model = SentenceTransformer(str(name_or_path), **options)
    prompts: dict[str, str] = getattr(model, "prompts", {}) or {}
    if query_prefix is None:
        query_prefix = prompts.get("query", "")
    if passage_prefix is None:
        passage_prefix = prompts.get("passage", prompts.get("document", ""))
    # The prefixes are added by the adapter; a default prompt would add them twice.
    model.default_prompt_name = None
    return EncodeAdapter(
        _Quiet(model),
        name=f"{name_or_path}@{_hash(name_or_path, options)}",
        query_prefix=query_prefix,
        passage_prefix=passage_prefix,
    )


class _Quiet:
    """Calls ``encode`` without a progress bar."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def encode(self, texts: list[str]) -> Any:
        return self._model.encode(texts, show_progress_bar=False, convert_to_numpy=True)


def _hash(name_or_path: str | Path, options: dict[str, Any]) -> str:
    """Hash what decides the weights: the files of a folder, or the revision asked for."""
    digest = hashlib.sha256(repr(sorted(options.items())).encode())
    folder = Path(name_or_path)
    if folder.is_dir():
        for file in sorted(folder.rglob("*")):
            if file.suffix in {".json", ".safetensors", ".bin", ".onnx"}:
                digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
