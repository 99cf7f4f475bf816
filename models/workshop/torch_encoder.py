"""The encoder in torch, for training: the same vectors as the ONNX graph, with gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

QUERY = "query: "
PASSAGE = "passage: "
WORKERS = 2


class TorchEncoder(nn.Module):
    """BertModel, mean over the tokens, unit length.

    A text goes through two parts. `lower` (the word table and the frozen layers) is run once a
    text, since its answer never changes. `upper` is what learns.

    Parameters
    ----------
    folder
        Holds the model and ``tokenizer.json``.
    frozen
        Number of layers that do not learn. The word table never does: few texts can only spoil it.
    max_tokens
        Longer texts are cut.
    """

    def __init__(self, folder: Path, *, frozen: int = 0, max_tokens: int = 160) -> None:
        from transformers import AutoModel

        super().__init__()
        # Without dropout in the attention torch has a faster kernel; the other dropouts stay.
        self.bert = AutoModel.from_pretrained(
            folder, add_pooling_layer=False, attention_probs_dropout_prob=0.0
        )
        self.frozen = frozen
        for module in (self.bert.embeddings, *self.bert.encoder.layer[:frozen]):
            module.requires_grad_(False)
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(max_tokens)

    def lower(self, texts: Sequence[str], chunk: int = 32) -> list[Tensor]:
        """Return the hidden states of each text after the frozen layers, (tokens, width)."""
        rows = [torch.tensor(e.ids) for e in self.tokenizer.encode_batch(list(texts))]
        training = self.training
        self.eval()
        parts = _by_length(self._lower, rows, chunk)
        self.train(training)
        return parts

    def upper(self, rows: Sequence[Tensor], chunk: int = 32) -> Tensor:
        """Turn hidden states into unit vectors, without gradients."""
        return torch.stack(_by_length(lambda part: list(self._no_grad(part)), rows, chunk))

    def forward(self, texts: Sequence[str]) -> Tensor:
        """Turn texts into unit vectors, without gradients."""
        return self.upper(self.lower(texts))

    def upper_for_training(self, rows: Sequence[Tensor], chunk: int = 24) -> Embedded:
        """Turn hidden states into unit vectors; the answer takes the gradients back."""
        order = _order(rows)
        parts = _parallel(self._upper, [[rows[i] for i in part] for part in _cut(order, chunk)])
        vectors = torch.cat([part.detach() for part in parts])[_inverse(order)]
        return Embedded(vectors.requires_grad_(), parts, order)

    def _lower(self, rows: Sequence[Tensor]) -> list[Tensor]:
        # The switch is kept per thread, so it is set within the worker.
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            ids = nn.utils.rnn.pad_sequence(list(rows), batch_first=True, padding_value=1)
            hidden = self.bert.embeddings(input_ids=ids)
            mask = token_mask(rows)
            for layer in self.bert.encoder.layer[: self.frozen]:
                hidden = layer(hidden, mask)
        return [hidden[i, : len(row)].to(torch.bfloat16) for i, row in enumerate(rows)]

    def _upper(self, rows: Sequence[Tensor]) -> Tensor:
        mask = token_mask(rows)
        # bfloat16 is 1.6 times as fast on processors that have it.
        with torch.autocast("cpu", torch.bfloat16):
            hidden = nn.utils.rnn.pad_sequence(list(rows), batch_first=True).float()
            for layer in self.bert.encoder.layer[self.frozen :]:
                hidden = layer(hidden, mask)
        real = mask[:, 0, 0, :, None].float()
        return functional.normalize((hidden.float() * real).sum(1) / real.sum(1), dim=1)

    def _no_grad(self, rows: Sequence[Tensor]) -> Tensor:
        with torch.no_grad():
            return self._upper(rows)

    def save(self, folder: Path) -> None:
        """Write a folder that `TorchEncoder` and transformers can load."""
        self.bert.save_pretrained(folder)
        self.tokenizer.no_truncation()
        self.tokenizer.save(str(folder / "tokenizer.json"))


@dataclass
class Embedded:
    """Vectors, and the graphs that they came from.

    The loss is taken on ``vectors``; `backward` then carries their gradients into the model, part
    by part.
    """

    vectors: Tensor
    parts: list[Tensor]
    order: list[int]

    def backward(self) -> None:
        """Carry the gradients of ``vectors`` into the model's weights."""
        gradient = self.vectors.grad
        if gradient is None:
            raise RuntimeError("take the loss on the vectors and call its backward() first")
        gradients = gradient[torch.tensor(self.order)].split([len(part) for part in self.parts])
        jobs = list(zip(self.parts, gradients, strict=True))
        _parallel(lambda job: job[0].backward(job[1]), jobs)


def token_mask(rows: Sequence[Tensor]) -> Tensor:
    """Return which places hold a real token, in the shape that attention takes."""
    lengths = torch.tensor([len(row) for row in rows])
    return (torch.arange(int(lengths.max())) < lengths[:, None])[:, None, None, :]


def _by_length(
    work: Callable[[list[Tensor]], list[Tensor]], rows: Sequence[Tensor], chunk: int
) -> list[Tensor]:
    """Run ``work`` on groups of about equal length; the answers come in the order of ``rows``."""
    order = _order(rows)
    parts = _parallel(work, [[rows[i] for i in part] for part in _cut(order, chunk)])
    flat = [answer for part in parts for answer in part]
    return [flat[i] for i in _inverse(order).tolist()]


def _parallel(work: Callable[[Any], Any], jobs: Sequence[Any]) -> list[Any]:
    """Run jobs on all cores: each on one core, the longest first.

    On a shared machine this is much faster than two threads within each operation, which wait for
    the slower core thousands of times a step.
    """
    torch.set_num_threads(1)
    with ThreadPoolExecutor(WORKERS) as pool:
        answers = [pool.submit(work, job) for job in reversed(jobs)]
        return [answer.result() for answer in reversed(answers)]


def _order(rows: Sequence[Tensor]) -> list[int]:
    return sorted(range(len(rows)), key=lambda i: len(rows[i]))


def _cut(order: Sequence[int], chunk: int) -> list[Sequence[int]]:
    return [order[k : k + chunk] for k in range(0, len(order), chunk)]


def _inverse(order: Sequence[int]) -> Tensor:
    back = torch.empty(len(order), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(order))
    return back
