"""Texts to vectors, behind one small protocol."""

from wor_match.embedding.adapter import EncodeAdapter
from wor_match.embedding.bundled import bundled
from wor_match.embedding.encoder import Encoder, Vectors
from wor_match.embedding.onnx import OnnxEncoder
from wor_match.embedding.sentence_transformers import sentence_transformers_encoder

__all__ = [
    "EncodeAdapter",
    "Encoder",
    "OnnxEncoder",
    "Vectors",
    "bundled",
    "sentence_transformers_encoder",
]
