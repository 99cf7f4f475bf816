"""Word forms of Dutch, as far as recognising a known word needs them.

``forms`` gives what a word may be a form of, the likeliest first: "gewandeld"
may come from "wandel", "koren" from "koor". Whoever looks a word up takes the
first form that is known, so a wrong guess does no harm.
"""

from functools import lru_cache

_VOWELS = "aeiouy"
_LEAST, _ROOT, _SHORT, _PARTICIPLE = 2, 3, 4, 6  # letters
_WEAK_ENDS = ("el", "er", "en", "em", "ig", "ik", "et")
_DIMINUTIVES = ("etje", "kje", "pje", "tje", "je")
_ENDINGS = (
    "ingen",
    "ing",
    "enden",
    "ende",
    "end",
    "ten",
    "den",
    "en",
    "te",
    "de",
    "e",
    "t",
    "d",
    "n",
)


@lru_cache(maxsize=32768)
def closed(root: str) -> str:
    """Write a root as a closed syllable: "lez" → "lees", "bakk" → "bak", "kor" → "koor"."""
    if len(root) < _ROOT:
        return root
    if root[-1] == root[-2] and root[-1] not in _VOWELS:
        return root[:-1]
    open_syllable = root[-1] not in _VOWELS and root[-2] in "aeou" and root[-3] not in _VOWELS
    if open_syllable and not (len(root) > _SHORT and root.endswith(_WEAK_ENDS)):
        root = root[:-1] + root[-2] + root[-1]
    if root[-1] == "z":
        return root[:-1] + "s"
    if root[-1] == "v":
        return root[:-1] + "f"
    return root


@lru_cache(maxsize=32768)
def base(word: str) -> str:
    """Reduce an infinitive or plural as a dictionary gives it: "schaken" → "schaak"."""
    if len(word) > _SHORT and word.endswith("en"):
        return closed(word[:-2])
    return word


def bases(word: str) -> tuple[str, ...]:
    """Return the roots that an infinitive or plural may have: "vervelen" → "vervel", "verveel"."""
    root = base(word)
    if root != word and root.endswith(_WEAK_ENDS):
        return root, root[:-1] + root[-2] + root[-1]
    return (root,)


@lru_cache(maxsize=65536)
def forms(word: str) -> tuple[str, ...]:
    """Return what a folded word may be a form of, itself first."""
    found = [word, base(word)]
    for short in (word.removesuffix("'s"), _without_s(word), _participle(word)):
        if short != word:
            found += [short, base(short)]
        for ending in _ENDINGS:
            if short.endswith(ending) and len(short) - len(ending) >= _ROOT:
                root = short[: -len(ending)]
                found += [root, closed(root)] if ending != "n" else [root]
        for ending in _DIMINUTIVES:
            if short.endswith(ending) and len(short) - len(ending) >= _LEAST:
                root = short[: -len(ending)]
                found += [root, closed(root), root + ending[0] * (ending == "kje")]
    return tuple(dict.fromkeys(form for form in found if len(form) >= _LEAST))


def _without_s(word: str) -> str:
    return word[:-1] if len(word) > _ROOT and word.endswith("s") else word


def _participle(word: str) -> str:
    """Drop "ge": "gewandeld" → "wandeld", "paardgereden" → "paardreden"."""
    if len(word) > _PARTICIPLE and word.startswith("ge") and word.endswith(("d", "t", "en")):
        return word[2:]
    return word
