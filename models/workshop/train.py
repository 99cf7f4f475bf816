"""Step 3: teach the model which activity fits which story.

Each step embeds a batch of stories and, fresh, one good and some hard wrong activities of each.
All other activities take part as well, with the vectors of the last refresh (a memory bank): so
each story is ranked against the whole corpus, at the price of a small batch. The target of a story
is its graded list, so that a first choice outranks a fair one.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from wor_match.embedding.query import activity_text, story_text

from . import common
from .labels import GOOD, LEFT_OUT, UNKNOWN, Labels, read_labels
from .torch_encoder import PASSAGE, QUERY, TorchEncoder

# What a grade weighs in the target of a story; between these on a straight line.
GRADES, GAINS = (0.0, 1.0, 2.0, 3.0), (0.0, 0.1, 0.5, 1.0)


@dataclass(frozen=True)
class Settings:
    """What a run can vary; the ablation table in the model card is made with these."""

    seed: int = 1
    epochs: int = 4
    batch: int = 48
    learning_rate: float = 6e-5
    scale: float = 20.0
    hard: int = 1
    bank: bool = False
    refresh: int = 32
    unknown_top: int = 30
    symmetric: float = 0.5
    short: float = 0.25
    frozen_layers: int = common.FORK_AT
    judged: bool = True
    ruled_out: bool = False

    def with_seed(self, seed: int) -> Settings:
        """Return the same settings with another seed."""
        return replace(self, seed=seed)


FINAL = Settings(epochs=4)


class Trainer:
    """One training run."""

    def __init__(self, base: Path, settings: Settings, teacher: Path | None = None) -> None:
        common.seed_everything(settings.seed)
        self.s = settings
        self.rng = random.Random(settings.seed)  # noqa: S311
        self.corpus = common.read_corpus(validation=False)
        self.labels: Labels = read_labels(
            self.corpus, judged=settings.judged, ruled_out=settings.ruled_out
        )
        self.model = TorchEncoder(base, frozen=settings.frozen_layers)
        self._lower: dict[str, Tensor] = {}
        self.activities = self._texts(
            [
                PASSAGE + activity_text(row["title"], row["description"])
                for row in (self.corpus.activities[name] for name in self.labels.activities)
            ]
        )
        grades = self.labels.grades
        self.rows = [i for i in range(len(grades)) if (grades[i] >= GOOD).any()]
        self.gains = torch.from_numpy(np.interp(grades, GRADES, GAINS).astype(np.float32))
        self.open = torch.from_numpy(self._unknown(teacher))
        self.bank = torch.zeros(len(self.activities), self.model.bert.config.hidden_size)

    def run(self) -> TorchEncoder:
        """Train and return the model."""
        s = self.s
        steps = s.epochs * -(-len(self.rows) // s.batch)
        free = [p for p in self.model.parameters() if p.requires_grad]
        optimiser = torch.optim.AdamW(free, lr=s.learning_rate, weight_decay=0.01)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, steps))
        self.model.train()
        bar = tqdm(total=steps, desc=f"train seed {s.seed}", mininterval=10)
        for step in range(steps):
            # The model moves most at the start, so the bank grows old sooner there.
            if step % s.refresh == 0 or step in (8, 16):
                self._refresh(stories=step % s.refresh == 0)
            loss = self._step(self._next())
            torch.nn.utils.clip_grad_norm_(free, 1.0)
            optimiser.step()
            schedule.step()
            optimiser.zero_grad()
            bar.update()
            bar.set_postfix(loss=f"{loss:.3f}")
        self.model.eval()
        return self.model

    def _next(self) -> list[int]:
        """Return the next batch of referrals; each comes once an epoch."""
        if not getattr(self, "_queue", None):
            self._queue = self.rng.sample(self.rows, len(self.rows))
        batch, self._queue = self._queue[: self.s.batch], self._queue[self.s.batch :]
        return batch

    def _step(self, batch: Sequence[int]) -> float:
        s = self.s
        queries = [QUERY + self._story(i) for i in batch]
        owners = list(batch)
        for i in batch:
            phrases = self._phrases(i)
            if phrases and self.rng.random() < s.short:
                queries.append(QUERY + self.rng.choice(phrases))
                owners.append(i)
        fresh = self._fresh(batch)
        embedded = self.model.upper_for_training(
            self._texts(queries) + [self.activities[j] for j in fresh]
        )
        q, d = embedded.vectors[: len(queries)], embedded.vectors[len(queries) :]
        gains, unknown = self.gains[owners], self.open[owners]
        self._last[list(batch)] = q[: len(batch)].detach()
        self.bank[fresh] = d.detach()
        if s.bank:
            documents = self.bank.clone()
            documents[fresh] = d
        else:
            documents, gains, unknown = d, gains[:, fresh], unknown[:, fresh]
        logits = (q @ documents.T * s.scale).masked_fill(unknown, -1e4)
        # A short phrase says less than its story, so it counts less.
        weight = torch.tensor([1.0] * len(batch) + [0.4] * (len(owners) - len(batch)))
        loss = _listwise(logits, gains, weight)
        if s.symmetric:
            n = len(batch)
            back = (d @ q[:n].T * s.scale).masked_fill(self.open[owners[:n]][:, fresh].T, -1e4)
            gains = self.gains[owners[:n]][:, fresh].T
            loss = loss + s.symmetric * _listwise(back, gains, torch.ones(len(fresh)))
        loss.backward()
        embedded.backward()
        return float(loss)

    def _fresh(self, batch: Sequence[int]) -> list[int]:
        """Choose which activities are embedded anew: a good one and the hardest wrong ones."""
        chosen: dict[int, None] = {}
        for i in batch:
            row = self.labels.grades[i]
            good = np.flatnonzero(row >= GOOD)
            chosen[self.rng.choices(good.tolist(), self.gains[i, good].tolist())[0]] = None
        stories = self.labels.grades[list(batch)] == 0
        similar = (self._last[list(batch)] @ self.bank.T).numpy()
        similar[~stories] = -np.inf
        for i in range(len(batch)):
            hardest = np.argsort(-similar[i])[: 6 * max(1, self.s.hard)].tolist()
            for j in self.rng.sample(hardest, self.s.hard):
                chosen[j] = None
        return list(chosen)

    def _refresh(self, *, stories: bool) -> None:
        """Embed all activities, and all stories if asked, with the model as it is now."""
        self.model.eval()
        self.bank = self.model.upper(self.activities)
        if stories:
            texts = [QUERY + self._story(i) for i in range(len(self.labels.referrals))]
            self._last = self.model.upper(self._texts(texts))
        self.model.train()

    def _story(self, i: int) -> str:
        """Write a story in one of the forms that a user may send."""
        row = self.corpus.referrals[self.labels.referrals[i]]
        form = self.rng.random()
        if form < 0.2:
            return str(row["text"])
        interests = row["interests"] if form < 0.6 else []
        return story_text(row["text"], row["complaints"], row["goals"], interests)

    def _texts(self, texts: Sequence[str]) -> list[Tensor]:
        """Return the hidden states of texts below the learning layers, each computed once."""
        new = [text for text in dict.fromkeys(texts) if text not in self._lower]
        if new:
            self._lower.update(zip(new, self.model.lower(new), strict=True))
        return [self._lower[text] for text in texts]

    def _phrases(self, i: int) -> list[str]:
        row = self.corpus.referrals[self.labels.referrals[i]]
        return [*row["wishes"], *row["interests"]]

    def _unknown(self, teacher: Path | None) -> NDArray[np.bool_]:
        """Tell which pairs are left out: ruled out by the text, or unseen but likely to be good.

        An unseen pair counts as wrong only where the teacher, an earlier model, ranks it low.
        """
        grades = self.labels.grades
        left_out = grades == LEFT_OUT
        if teacher is None:
            return left_out
        model = TorchEncoder(teacher).eval()
        passages = [
            PASSAGE + activity_text(row["title"], row["description"])
            for row in (self.corpus.activities[name] for name in self.labels.activities)
        ]
        names = self.labels.referrals
        rows = (self.corpus.referrals[name] for name in names)
        stories = [
            QUERY + story_text(r["text"], r["complaints"], r["goals"], r["interests"]) for r in rows
        ]
        scores = (model(stories) @ model(passages).T).numpy()
        rank = np.argsort(np.argsort(-scores, axis=1), axis=1)
        return left_out | ((grades == UNKNOWN) & (rank < self.s.unknown_top))


def _listwise(logits: Tensor, gain: Tensor, weight: Tensor) -> Tensor:
    """Cross-entropy between the softmax of the scores and the graded target."""
    total = gain.sum(1)
    # Rows without a good one teach nothing about the order.
    has = total >= 0.25
    target = gain[has] / total[has, None]
    losses = -(target * functional.log_softmax(logits[has], dim=1)).sum(1)
    # The entropy of the target is a constant; without it a perfect ranking scores 0.
    losses = losses + torch.special.xlogy(target, target).sum(1)
    return (losses * weight[has]).sum() / weight[has].sum()


def _rate(step: int, steps: int) -> float:
    return min(1.0, (step + 1) / (0.1 * steps)) * max(0.02, 1 - step / steps)


def train(base: Path, out: Path, settings: Settings, teacher: Path | None = None) -> Path:
    """Run the training once and write the torch model to ``out``."""
    mark = common.fingerprint(
        base / "DONE",
        common.DATA / "texts",
        common.DATA / "grades",
        asdict(settings),
        Path(__file__),
        teacher and teacher / "DONE",
    )
    if common.is_done(out, mark):
        return out
    out.mkdir(parents=True, exist_ok=True)
    Trainer(base, settings, teacher).run().save(out)
    common.set_done(out, mark)
    return out
