"""Step 7: teach a branch of the model to read: what is said of each word, limits and signals.

The branch starts as the base model's own layers above the fork. It shares everything below with
the branch that embeds, so a text goes through that part once and the model stays small.
"""

from __future__ import annotations

import copy
import json
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from wor_match.embedding.reader import READER
from wor_match.understanding.heard import MEANINGS

from . import common, graph, reading_texts
from .reading_texts import IGNORE, LABELS, Example
from .torch_encoder import QUERY, WORKERS, TorchEncoder, token_mask

if TYPE_CHECKING:
    import onnx

_SAID = len(MEANINGS)


@dataclass(frozen=True)
class Settings:
    """What a run can vary."""

    seed: int = 2
    layers: int = 4
    epochs: int = 6
    batch: int = 32
    learning_rate: float = 2e-4
    label_rate: float = 3e-3
    dropout: float = 0.1
    piece_weight: float = 0.2


SETTINGS = Settings()


class Branch(nn.Module):
    """Layers above the fork and one logit per label for every piece."""

    def __init__(self, encoder: TorchEncoder, settings: Settings) -> None:
        super().__init__()
        fork = encoder.frozen
        layers = encoder.bert.encoder.layer[fork : fork + settings.layers]
        self.layers = copy.deepcopy(layers).requires_grad_(True)
        width = encoder.bert.config.hidden_size
        self.label = nn.Linear(width, _SAID + len(LABELS))
        self.dropout = nn.Dropout(settings.dropout)
        nn.init.normal_(self.label.weight, std=0.02)
        # Most pieces say nothing. The pieces of a text are added up, so each must start lower.
        nn.init.constant_(self.label.bias[:_SAID], -4.0)
        nn.init.constant_(self.label.bias[_SAID:], -7.0)

    def forward(self, states: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Return logits per piece (texts, pieces, 4) and per text (texts, labels)."""
        mask = token_mask(states)
        with torch.autocast("cpu", torch.bfloat16):
            hidden = nn.utils.rnn.pad_sequence(states, batch_first=True).float()
            for layer in self.layers:
                hidden = layer(hidden, mask)
        logits = self.label(self.dropout(hidden.float()))
        real = mask[:, 0, 0, :, None]
        whole = torch.logsumexp(logits[..., _SAID:].masked_fill(~real, -1e4), 1)
        return logits[..., :_SAID], whole


class Trainer:
    """One training run on some texts."""

    def __init__(self, base: Path, examples: list[Example], settings: Settings) -> None:
        common.seed_everything(settings.seed)
        self.s = settings
        self.rng = random.Random(settings.seed)  # noqa: S311
        self.examples = examples
        self.encoder = TorchEncoder(base, frozen=common.FORK_AT)
        texts = [QUERY + example.text for example in examples]
        self.states = self.encoder.lower(texts)
        encodings = self.encoder.tokenizer.encode_batch(texts)
        targets = [
            example.targets(np.array(encoding.offsets) - len(QUERY))
            for example, encoding in zip(examples, encodings, strict=True)
        ]
        self.pieces = [torch.from_numpy(pieces) for pieces, _ in targets]
        self.whole = torch.from_numpy(np.stack([whole for _, whole in targets]))
        self.branch = Branch(self.encoder, settings)

    def run(self) -> Branch:
        """Train and return the branch."""
        s, branch = self.s, self.branch
        optimiser = torch.optim.AdamW(
            [
                {"params": branch.layers.parameters(), "lr": s.learning_rate},
                {"params": branch.label.parameters(), "lr": s.label_rate},
            ],
            weight_decay=0.01,
        )
        batches = [batch for _ in range(s.epochs) for batch in self._epoch()]
        steps = len(batches)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser,
            lambda step: min(1.0, (step + 1) / (0.06 * steps)) * max(0.02, 1 - step / steps),
        )
        branch.train()
        torch.set_num_threads(1)
        with ThreadPoolExecutor(WORKERS) as pool:
            for batch in tqdm(batches, desc="read", mininterval=10):
                shares = [batch[k::WORKERS] for k in range(WORKERS) if batch[k::WORKERS]]
                list(pool.map(self._learn, shares, [len(batch)] * len(shares)))
                nn.utils.clip_grad_norm_(branch.parameters(), 1.0)
                optimiser.step()
                schedule.step()
                optimiser.zero_grad()
        return branch.eval()

    def _epoch(self) -> list[list[int]]:
        """Every text once, in batches of about equal length."""
        rows = list(range(len(self.examples)))
        self.rng.shuffle(rows)
        size, batches = self.s.batch, []
        for k in range(0, len(rows), 16 * size):
            near = sorted(rows[k : k + 16 * size], key=lambda i: len(self.states[i]))
            batches += [near[j : j + size] for j in range(0, len(near), size)]
        return self.rng.sample(batches, len(batches))

    def _learn(self, rows: list[int], of: int) -> None:
        """Take the loss on a share of a batch of ``of`` texts back into the weights."""
        torch.set_num_threads(1)  # the switch is kept per thread
        said, whole = self.branch([self.states[i] for i in rows])
        targets = nn.utils.rnn.pad_sequence(
            [self.pieces[i] for i in rows], batch_first=True, padding_value=IGNORE
        )
        loss = self.s.piece_weight * _cross_entropy(said, targets)
        loss = loss + _cross_entropy(whole, self.whole[rows])
        (loss / of).backward()


def _cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Sum over everything that a text tells."""
    losses = functional.binary_cross_entropy_with_logits(
        logits, targets.clamp(min=0), reduction="none"
    )
    return losses[targets != IGNORE].sum()


def reader(base: Path, out: Path, settings: Settings = SETTINGS) -> Path:
    """Train on all texts, write the branch to ``out`` and return its file."""
    mark = common.fingerprint(
        base / "DONE",
        common.DATA / "texts",
        reading_texts.TEXTS,
        asdict(settings),
        Path(__file__),
        Path(reading_texts.__file__),
    )
    if not common.is_done(out, mark):
        import onnx

        out.mkdir(parents=True, exist_ok=True)
        trainer = Trainer(base, reading_texts.read_examples(), settings)
        onnx.save(as_onnx(trainer.run(), trainer.encoder), out / READER)
        common.set_done(out, mark)
    return out / READER


def as_onnx(branch: Branch, encoder: TorchEncoder) -> onnx.ModelProto:
    """Write the branch as it ships: 8 bits, with the labels that it tells."""
    from onnx import helper

    # The layers keep the numbers that they have in the whole model.
    weights = {
        f"encoder.layer.{common.FORK_AT + number}.{name}": value.float().numpy()
        for number, layer in enumerate(branch.layers)
        for name, value in layer.state_dict().items()
    }
    weights |= {f"label.{name}": v.float().numpy() for name, v in branch.label.state_dict().items()}
    config = encoder.bert.config
    proto = graph.build_reader(
        weights,
        layers=range(common.FORK_AT, common.FORK_AT + len(branch.layers)),
        heads=config.num_attention_heads,
        eps=config.layer_norm_eps,
        storage="int8",
    )
    helper.set_model_props(proto, {"labels": json.dumps([*MEANINGS, *LABELS])})
    return proto
