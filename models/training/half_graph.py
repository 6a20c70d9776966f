"""An fp32 ONNX graph to fp16 inside and fp32 outside, so that callers feed and read the same tensors.

Written here because onnxconverter-common made an invalid file of a text tower. It is enough for graphs whose masks
are boolean throughout: every float in them is a value, none is an index or a shape.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FULL, HALF = TensorProto.FLOAT, TensorProto.FLOAT16
LARGEST = float(np.finfo(np.float16).max)


def to_half(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy with weights, constants and casts in fp16, and a cast at each float input and output."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    for weight in graph.initializer:
        weight.CopyFrom(half_tensor(weight))
    for node in graph.node:
        half_node(node)
    del graph.value_info[:]
    inputs = {port.name for port in graph.input if port.type.tensor_type.elem_type == FULL}
    outputs = {port.name for port in graph.output if port.type.tensor_type.elem_type == FULL}
    for node in graph.node:
        rename(node.input, inputs | outputs)
        rename(node.output, outputs)
    first = [helper.make_node("Cast", [name], [inner(name)], name=f"half_{name}", to=HALF) for name in sorted(inputs)]
    last = [helper.make_node("Cast", [inner(name)], [name], name=f"full_{name}", to=FULL) for name in sorted(outputs)]
    nodes = [*first, *graph.node, *last]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(result, full_check=True)
    return result


def inner(name: str) -> str:
    return f"{name}_half"


def rename(names: list[str], changed: set[str]) -> None:
    for place, name in enumerate(names):
        if name in changed:
            names[place] = inner(name)


def half_tensor(tensor: TensorProto) -> TensorProto:
    """The tensor in fp16 if it holds fp32; refuses values that fp16 cannot hold."""
    if tensor.data_type != FULL:
        return tensor
    values = numpy_helper.to_array(tensor)
    if np.abs(values, where=np.isfinite(values), out=np.zeros_like(values)).max(initial=0) > LARGEST:
        raise ValueError(f"{tensor.name} holds values over {LARGEST}, which fp16 cannot")
    return numpy_helper.from_array(values.astype(np.float16), tensor.name)


def half_node(node: onnx.NodeProto) -> None:
    """Constants inside a node, and casts to fp32."""
    for attribute in node.attribute:
        if attribute.type == onnx.AttributeProto.TENSOR:
            attribute.t.CopyFrom(half_tensor(attribute.t))
        elif node.op_type == "Cast" and attribute.name == "to" and attribute.i == FULL:
            attribute.i = HALF
        elif attribute.type in (onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS):
            raise ValueError(f"{node.name} ({node.op_type}) has a graph inside, which is not converted")
