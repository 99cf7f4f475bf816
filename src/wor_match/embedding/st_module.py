"""Lets ``SentenceTransformer(folder)`` run the bundled model.

``modules.json`` of the model folder names this class. So there is one set of weights, and both
roads run the same ONNX file. Only sentence-transformers imports this module.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sentence_transformers.models import Module

from wor_match.embedding.onnx import CONFIG, MODEL, TOKENIZER, OnnxEncoder


class OnnxModule(Module):  # type: ignore[misc]  # the base class has no types
    """A sentence-transformers module around `OnnxEncoder`."""

    save_in_root = True

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.encoder = OnnxEncoder(folder)

    @classmethod
    def load(cls, model_name_or_path: str, *_args: Any, **_options: Any) -> OnnxModule:
        """Load a local model folder."""
        return cls(model_name_or_path)

    def preprocess(
        self, inputs: Sequence[str], prompt: str | None = None, **_options: Any
    ) -> dict[str, torch.Tensor]:
        """Turn texts into padded token ids."""
        rows = self.encoder.tokenize([(prompt or "") + text for text in inputs])
        ids, mask = self.encoder.pad(rows)
        return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}

    # The name before sentence-transformers 5.
    tokenize = preprocess

    def forward(
        self, features: dict[str, torch.Tensor], **_options: Any
    ) -> dict[str, torch.Tensor]:
        """Add the vectors to the features."""
        ids, mask = features["input_ids"].cpu().numpy(), features["attention_mask"].cpu().numpy()
        vectors = torch.from_numpy(self.encoder.run(ids, mask))
        return features | {"sentence_embedding": vectors.to(features["input_ids"].device)}

    def get_embedding_dimension(self) -> int:
        """Return the length of the vectors."""
        return self.encoder.dimension

    # The name before sentence-transformers 5.2.
    get_sentence_embedding_dimension = get_embedding_dimension

    def save(self, output_path: str, *_args: Any, **_options: Any) -> None:
        """Copy the model's files."""
        for name in (MODEL, TOKENIZER, CONFIG):
            shutil.copy(self.encoder.folder / name, Path(output_path) / name)
