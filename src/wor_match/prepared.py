"""One client's words, read and embedded once: what every later step uses.

Preparing is the slow part of a match. Whoever matches the same client more
often, against other snapshots or policies, prepares once and passes the result
to ``match()`` in place of the client.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wor_match.client import Client
from wor_match.embedding.encoder import Encoder, Vectors
from wor_match.embedding.needs import NEEDS, SUPPORT, heads_of
from wor_match.embedding.query import story_text
from wor_match.embedding.reader import reader_of
from wor_match.language.bag import stem_words, stems
from wor_match.understanding import understand
from wor_match.understanding.profile import Evidence, Profile, SupportDomain, Topic

_WISH_WORD_WEIGHT = 2.0
_HEARD = 0.3
"""A domain of support is told from this probability on (``benchmarks/reading.py support``)."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A client, understood and embedded.

    Attributes
    ----------
    client, profile
        What was given and what was understood.
    encoder
        The model of the vectors.
    wishes
        What the fields say that is wished, w phrases. What is read in the story speaks through
        the story itself.
    directions
        Unit vectors: the story, then each wish, then each dislike; (1 + w + d, dim).
    needs
        Weight per need (``embedding.heads.NEEDS``), summing to at most 1.
    stems
        Dutch stems of what is asked for, with a weight.
    word_of
        A word of the interests and goals for each of their stems, to show.
    """

    client: Client
    profile: Profile
    encoder: Encoder = field(repr=False)
    wishes: tuple[str, ...]
    directions: Vectors = field(repr=False)
    needs: NDArray[np.float32]
    stems: Mapping[str, float] = field(repr=False)
    word_of: Mapping[str, str] = field(repr=False)


def prepare(client: Client, encoder: Encoder, *, as_of: dt.date | None = None) -> Prepared:
    """Read and embed one client."""
    reader = reader_of(encoder)
    heard = reader.hear(client.referral) if reader else None
    profile = understand(client, as_of=as_of, heard=heard)
    wishes = _stated(profile.wishes)
    story = story_text(client.referral, client.complaints, client.goals)
    directions = encoder.encode_queries([story, *wishes, *_stated(profile.not_wanted)])
    support = (*profile.support, *_heard(client, profile, directions[0], encoder))
    return Prepared(
        client=client,
        profile=profile.model_copy(update={"support": support}),
        encoder=encoder,
        wishes=wishes,
        directions=directions,
        needs=_needs(profile, directions[0], encoder),
        stems=_stems(client, profile),
        word_of=stem_words(" ".join([*client.interests, *client.goals])),
    )


def _stated(items: Sequence[Topic]) -> tuple[str, ...]:
    return tuple(item.phrase for item in items if item.evidence.certainty == "stated")


def _heard(
    client: Client, profile: Profile, story: NDArray[np.float32], encoder: Encoder
) -> list[SupportDomain]:
    """Practical support that no word names but the model hears in the story."""
    heads = heads_of(encoder)
    if heads is None:
        return []
    known = {domain.code for domain in profile.support}
    evidence = Evidence(
        field="referral", text=client.referral, rule="model:support", certainty="inferred"
    )
    return [
        SupportDomain(key=f"support:{code}", code=code, evidence=evidence)
        for code, heard in zip(SUPPORT, heads.support(story[None])[0].tolist(), strict=True)
        if heard >= _HEARD and code not in known and f"support:{code}" not in client.corrections
    ]


def _needs(profile: Profile, story: NDArray[np.float32], encoder: Encoder) -> NDArray[np.float32]:
    """What the tables say of the complaints and the model hears in the story, each for half."""
    said = np.zeros(len(NEEDS), np.float32)
    for need in profile.needs:
        number = NEEDS.index(need.code)
        said[number] = max(said[number], need.weight)
    heads = heads_of(encoder)
    heard = heads.needs(story[None])[0] if heads else np.zeros_like(said)
    weights = (said + heard) / np.float32(2)
    return (weights / max(1.0, float(weights.sum()))).astype(np.float32)


def _stems(client: Client, profile: Profile) -> dict[str, float]:
    """Stems of the story and the wishes; what is not wanted speaks for nothing."""
    weights = {stem: 1.0 for text in (client.referral, *client.goals) for stem in stems(text)}
    weights |= {stem: _WISH_WORD_WEIGHT for wish in profile.wishes for stem in stems(wish.phrase)}
    refused = (*profile.not_wanted, *profile.cannot, *profile.absent)
    for stem in {stem for item in refused for stem in stems(item.phrase)}:
        weights.pop(stem, None)
    return weights
