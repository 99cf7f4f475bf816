"""The ONNX graph of the encoder, written node by node from the weights.

We write the graph ourselves instead of exporting it, for three reasons: the fused operators of
onnxruntime are used directly; pooling and normalisation lie inside; and we choose how each matrix
is stored. ``int8`` uses ``MatMulNBits``: weights in blocks of 8 bits, activations quantised per
row and block. Dynamic quantisation, the usual choice, takes one scale for the whole batch, so that
a vector changes with its batch mates. Here it does not.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from wor_match.embedding.onnx import FORK

from . import common

Storage = Literal["int8", "int8-dequantised", "fp32"]
Weights = dict[str, NDArray[np.float32]]
MICROSOFT = "com.microsoft"
BLOCK = 64


class GraphWriter:
    """Collects nodes and tensors."""

    def __init__(self, storage: Storage, heads: int, eps: float) -> None:
        self.storage = storage
        self.heads = heads
        self.eps = eps
        self.nodes: list[onnx.NodeProto] = []
        self.tensors: list[onnx.TensorProto] = []

    def tensor(self, name: str, value: NDArray[np.generic]) -> str:
        """Add a constant."""
        self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(
        self, op: str, inputs: list[str], out: str, domain: str = "", **attributes: object
    ) -> str:
        """Add a node with one output."""
        self.nodes.append(
            helper.make_node(op, inputs, [out], name=f"node_{out}", domain=domain, **attributes)
        )
        return out

    def matmul(self, x: str, weight: NDArray[np.float32], out: str) -> str:
        """Multiply by ``weight`` (out features, in features), stored as asked."""
        n, k = weight.shape
        if self.storage == "fp32":
            return self.node("MatMul", [x, self.tensor(f"{out}_w", weight.T)], out)
        if self.storage == "int8-dequantised":
            scale = np.abs(weight).max(axis=1) / 127
            codes = np.rint(weight / scale[:, None]).astype(np.int8)
            names = [
                self.tensor(f"{out}_w", codes.T),
                self.tensor(f"{out}_scale", scale.astype(np.float32)),
            ]
            self.node("DequantizeLinear", names, f"{out}_float", axis=1)
            return self.node("MatMul", [x, f"{out}_float"], out)
        blocks = weight.reshape(n, k // BLOCK, BLOCK)
        scale = np.maximum(np.abs(blocks).max(axis=2) / 127, 1e-12)
        bytes_ = (np.rint(blocks / scale[:, :, None]) + 128).astype(np.uint8)
        names = [
            self.tensor(f"{out}_w", bytes_),
            self.tensor(f"{out}_scale", scale.astype(np.float32)),
        ]
        return self.node(
            "MatMulNBits",
            [x, *names],
            out,
            MICROSOFT,
            K=k,
            N=n,
            bits=8,
            block_size=BLOCK,
            accuracy_level=4,
        )

    def rows(self, table: NDArray[np.float32], ids: str, out: str) -> str:
        """Look rows up; a quantised table keeps one scale a row."""
        if self.storage == "fp32":
            return self.node("Gather", [self.tensor(f"{out}_table", table), ids], out)
        scale = np.maximum(np.abs(table).max(axis=1, keepdims=True) / 127, 1e-12)
        codes = np.rint(table / scale).astype(np.int8)
        self.node("Gather", [self.tensor(f"{out}_table", codes), ids], f"{out}_codes")
        self.node("Cast", [f"{out}_codes"], f"{out}_float", to=TensorProto.FLOAT)
        scales = self.tensor(f"{out}_scales", scale.astype(np.float32))
        self.node("Gather", [scales, ids], f"{out}_scale")
        return self.node("Mul", [f"{out}_float", f"{out}_scale"], out)

    def skip_norm(self, x: str, skip: str, w: Weights, dense: str, norm: str, out: str) -> str:
        """LayerNorm(x + skip + bias of the dense layer that made x)."""
        names = [
            self.tensor(f"{out}_gamma", w[f"{norm}.weight"]),
            self.tensor(f"{out}_beta", w[f"{norm}.bias"]),
            self.tensor(f"{out}_bias", w[f"{dense}.bias"]),
        ]
        return self.node(
            "SkipLayerNormalization", [x, skip, *names], out, MICROSOFT, epsilon=self.eps
        )

    def layer(self, i: int, x: str, w: Weights) -> str:
        """One transformer layer."""
        at = f"encoder.layer.{i}"
        parts = [f"{at}.attention.self.{part}" for part in ("query", "key", "value")]
        packed = np.concatenate([w[f"{part}.weight"] for part in parts])
        self.matmul(x, packed, f"qkv{i}")
        split = [f"q{i}", f"k{i}", f"v{i}"]
        self.nodes.append(helper.make_node("Split", [f"qkv{i}"], split, axis=2, num_outputs=3))
        bias = self.tensor(f"qkv{i}_bias", np.concatenate([w[f"{part}.bias"] for part in parts]))
        self.node(
            "MultiHeadAttention",
            [*split, bias, "mask32"],
            f"attention{i}",
            MICROSOFT,
            num_heads=self.heads,
        )
        dense = f"{at}.attention.output.dense"
        y = self.matmul(f"attention{i}", w[f"{dense}.weight"], f"attention_out{i}")
        x = self.skip_norm(y, x, w, dense, f"{at}.attention.output.LayerNorm", f"middle{i}")
        inner = f"{at}.intermediate.dense"
        y = self.matmul(x, w[f"{inner}.weight"], f"inner{i}")
        bias = self.tensor(f"gelu{i}_bias", w[f"{inner}.bias"])
        y = self.node("BiasGelu", [y, bias], f"gelu{i}", MICROSOFT)
        dense = f"{at}.output.dense"
        y = self.matmul(y, w[f"{dense}.weight"], f"outer{i}")
        return self.skip_norm(y, x, w, dense, f"{at}.output.LayerNorm", f"layer{i}")


def build(
    w: Weights,
    *,
    layers: int,
    heads: int,
    eps: float,
    storage: Storage,
    directions: NDArray[np.float32] | None = None,
) -> onnx.ModelProto:
    """Build the encoder: token ids and mask in, unit vectors out, along ``directions`` if given."""
    g = GraphWriter(storage, heads, eps)
    g.node("Cast", ["attention_mask"], "mask32", to=TensorProto.INT32)
    words = g.rows(w["embeddings.word_embeddings.weight"], "input_ids", "words")
    # Every token is of type 0 (one segment), so that row is added to the positions beforehand.
    places = w["embeddings.position_embeddings.weight"]
    places = places + w["embeddings.token_type_embeddings.weight"][0]
    g.node("Shape", ["input_ids"], "length", start=1, end=2)
    zero = g.tensor("zero", np.array([0], np.int64))
    g.node("Slice", [g.tensor("places", places), zero, "length", zero], "positions")
    g.node("Add", [words, "positions"], "sum")
    norm = [
        g.tensor("norm_gamma", w["embeddings.LayerNorm.weight"]),
        g.tensor("norm_beta", w["embeddings.LayerNorm.bias"]),
    ]
    x = g.node("LayerNormalization", ["sum", *norm], "embedded", axis=-1, epsilon=eps)
    for i in range(layers):
        x = g.layer(i, x, w)
        if i + 1 == common.FORK_AT:
            g.node("Identity", [x], FORK)
    # Mean over the real tokens, then unit length.
    g.node("Cast", ["attention_mask"], "mask_float", to=TensorProto.FLOAT)
    one = g.tensor("one", np.array([1], np.int64))
    last = g.tensor("last", np.array([2], np.int64))
    g.node("Unsqueeze", ["mask_float", last], "mask3")
    g.node("Mul", [x, "mask3"], "kept")
    g.node("ReduceSum", ["kept", one], "total", keepdims=0)
    g.node("ReduceSum", ["mask_float", one], "count", keepdims=1)
    mean, width = g.node("Div", ["total", "count"], "mean"), places.shape[1]
    if directions is not None:
        mean = g.node("MatMul", [mean, g.tensor("directions", directions.T)], "reduced")
        width = len(directions)
    g.node("LpNormalization", [mean], "embedding", axis=-1, p=2)
    return _model(
        g,
        [_tokens("input_ids"), _tokens("attention_mask")],
        [
            helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", width]),
            _states(FORK, places.shape[1]),
        ],
    )


def build_reader(
    w: Weights, *, layers: range, heads: int, eps: float, storage: Storage
) -> onnx.ModelProto:
    """Build the branch that reads: hidden states at the fork in, logits per piece out."""
    g = GraphWriter(storage, heads, eps)
    g.node("Cast", ["attention_mask"], "mask32", to=TensorProto.INT32)
    x = "states"
    for i in layers:
        x = g.layer(i, x, w)
    # Small, and the last step: kept in full precision.
    y = g.node("MatMul", [x, g.tensor("label_weight", w["label.weight"].T)], "label_product")
    g.node("Add", [y, g.tensor("label_bias", w["label.bias"])], "logits")
    count, width = w["label.weight"].shape
    return _model(
        g, [_states("states", width), _tokens("attention_mask")], [_states("logits", count)]
    )


def _tokens(name: str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])


def _states(name: str, width: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", "length", width])


def _model(
    g: GraphWriter, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]
) -> onnx.ModelProto:
    graph = helper.make_graph(g.nodes, "wor-match-nl", inputs, outputs, g.tensors)
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=9, producer_name="wor-match")
