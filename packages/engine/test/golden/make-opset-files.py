"""Writes opset-files.json.gz: for every op of model-io's table, and every operator set up to 26 that has it, small models in
the form of that set (legacy attributes included), each passed by onnx.checker, and the outputs that the reference
implementation of the onnx package gives for the same function written in operator set 26. Sets whose form is the same share
a model, which is that of the first.

    pip install onnx==1.23.2 numpy && python make-opset-files.py
"""

import base64
import gzip
import json
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

LAST = 26
history = {}
for schema in onnx.defs.get_all_schemas_with_history():
    if schema.domain == "" and schema.since_version <= LAST:
        history.setdefault(schema.name, {})[schema.since_version] = schema

f = lambda *values: np.array(values, np.float32)
i = lambda *values: np.array(values, np.int64)
scalar = lambda value: np.array(value, np.float32)


def ramp(*shape):
    """Numbers of both signs without a pattern."""
    count = int(np.prod(shape))
    return np.float32((np.arange(count) * 7 % 11 - 5) / 4).reshape(shape)


def N(op, inputs, output="y", **attributes):
    return helper.make_node(op, inputs.split(), output.split(), **attributes)


def unary(op, **attributes):
    def cases(v):
        yield [N(op, "x", **attributes)], {}, None, None, (2, 5)
        yield [N(op, "x")], {}, None, None, (2, 3, 2, 2)

    return cases


def positive(op):
    def cases(v):
        before = [N("Abs", "x", "a"), N("Add", "a c", "p")] if v >= 7 else [N("Abs", "x", "a"), N("Add", "a c", "p", broadcast=1)]
        after = [N("Abs", "x", "a"), N("Add", "a c", "p")]
        yield before + [N(op, "p")], {"c": f(0.25)}, after + [N(op, "p")], {"c": f(0.25)}, (2, 5)

    return cases


def binary(op):
    def cases(v):
        per_channel, row = ramp(3) + np.float32(0.125), ramp(4) + np.float32(0.125)
        if v < 7:
            modern = [N(op, "x m")], {"m": per_channel.reshape(3, 1, 1)}
            yield [N(op, "x c", broadcast=1, axis=1)], {"c": per_channel}, *modern, (2, 3, 2, 4)
            yield [N(op, "x c", broadcast=1)], {"c": row}, [N(op, "x c")], {"c": row}, (2, 3, 4)
        else:
            yield [N(op, "x c")], {"c": per_channel.reshape(3, 1, 1)}, None, None, (2, 3, 2, 4)
            yield [N("Exp", "x", "e"), N(op, "c e")], {"c": row}, None, None, (2, 3, 4)
        two = [N("Abs", "x", "a"), N("Exp", "x", "b"), N(op, "a b")]
        yield two, {}, None, None, (2, 5)

    return cases


def power(v):
    # A whole power and its own sign: x^2, and x^2 after Abs for a fractional one.
    if v < 7:
        yield [N("Pow", "x c", broadcast=1)], {"c": f(2)}, [N("Pow", "x c")], {"c": f(2)}, (2, 5)
    else:
        yield [N("Pow", "x c")], {"c": f(2)}, None, None, (2, 5)
    if v >= 12:
        yield [N("Pow", "x c")], {"c": i(3)}, [N("Pow", "x c")], {"c": f(3)}, (2, 5)


def several(op):
    def cases(v):
        yield [N("Neg", "x", "n"), N(op, "x n")], {}, None, None, (2, 5)
        yield [N(op, "x")], {}, None, None, (2, 5)
        if v >= 8:
            yield [N("Neg", "x", "n"), N(op, "n x c")], {"c": ramp(3, 1)}, None, None, (2, 3, 4)

    return cases


def pool(op):
    average = op == "AveragePool"

    def cases(v):
        x = (2, 2, 5, 6)
        yield [N(op, "x", kernel_shape=[2, 3], strides=[2, 1], pads=[1, 0, 0, 1])], {}, None, None, x
        yield [N(op, "x", kernel_shape=[2, 2])], {}, None, None, x
        # The onnx package's reference takes pads of MaxPool in another order: there a Pad writes them out.
        for auto_pad, pads in [("SAME_UPPER", [0, 0, 1, 1]), ("SAME_LOWER", [1, 1, 0, 0]), ("VALID", [0, 0, 0, 0])]:
            legacy = [N(op, "x", kernel_shape=[2, 2], auto_pad=auto_pad)]
            if average:
                yield legacy, {}, [N(op, "x", kernel_shape=[2, 2], pads=pads)], {}, x
            else:
                border = {"p": i(0, 0, *pads[:2], 0, 0, *pads[2:]), "c": scalar(-np.inf)}
                yield legacy, {}, [N("Pad", "x p c", "z"), N(op, "z", kernel_shape=[2, 2])], border, x
        if average and v >= 7:
            yield [N(op, "x", kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1)], {}, None, None, x
        if not average and v >= 8:
            yield [N(op, "x", kernel_shape=[2, 2], storage_order=0)], {}, None, None, x
        if v >= 10:
            yield [N(op, "x", kernel_shape=[2, 3], strides=[2, 2], ceil_mode=1)], {}, None, None, x
        if v >= (19 if average else 10):
            yield [N(op, "x", kernel_shape=[2, 2], dilations=[2, 1], pads=[1, 0, 1, 1])], {}, None, None, x
            yield [N(op, "x", kernel_shape=[2, 2], dilations=[2, 3], strides=[1, 2], ceil_mode=1)], {}, None, None, x
            if average:
                spread = dict(kernel_shape=[2, 2], dilations=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1)
                yield [N(op, "x", **spread)], {}, None, None, x
        yield [N(op, "x", kernel_shape=[3], strides=[2])], {}, None, None, (2, 2, 7)

    return cases


def batch_normalization(v):
    weights = {"s": f(0.5, -2), "b": f(1, 3), "m": f(-1, 0.25), "v": f(0.5, 2)}
    legacy = {} if v >= 7 else {"is_test": 1}
    if v < 9:
        legacy["spatial"] = 1
    if v >= 14:
        legacy["training_mode"] = 0
    modern = [N("BatchNormalization", "x s b m v", epsilon=0.25)]
    for shape in [(2, 2, 3, 3), (2, 2)]:
        yield [N("BatchNormalization", "x s b m v", epsilon=0.25, momentum=0.5, **legacy)], weights, modern, weights, shape


def cast(v):
    to = (lambda name: name) if v < 6 else (lambda name: getattr(TensorProto, name))
    yield [N("Cast", "x", "d", to=to("DOUBLE")), N("Cast", "d", to=to("FLOAT"))], {}, [N("Identity", "x")], {}, (2, 5)


def clip(v):
    if v < 11:
        yield [N("Clip", "x", min=-0.5, max=0.75)], {}, [N("Clip", "x a b")], {"a": scalar(-0.5), "b": scalar(0.75)}, (2, 5)
        yield [N("Clip", "x", max=0.75)], {}, [N("Min", "x b")], {"b": scalar(0.75)}, (2, 5)
        yield [N("Clip", "x")], {}, [N("Identity", "x")], {}, (2, 5)
    else:
        yield [N("Clip", "x a b")], {"a": scalar(-0.5), "b": scalar(0.75)}, None, None, (2, 5)
        yield [helper.make_node("Clip", ["x", "", "b"], ["y"])], {"b": scalar(0.75)}, None, None, (2, 5)
        yield [N("Clip", "x")], {}, None, None, (2, 5)


def concat(v):
    yield [N("Neg", "x", "n"), N("Concat", "x n", axis=1)], {}, None, None, (2, 3, 2)
    if v < 4:
        yield [N("Neg", "x", "n"), N("Concat", "x n")], {}, [N("Neg", "x", "n"), N("Concat", "x n", axis=1)], {}, (2, 3, 2)
    if v >= 11:
        yield [N("Neg", "x", "n"), N("Concat", "x n x", axis=-1)], {}, None, None, (2, 3, 2)


def constant(v):
    def with_value(**attributes):
        add = N("Add", "x c") if v >= 7 else N("Add", "x c", broadcast=1)
        return [helper.make_node("Constant", [], ["c"], **attributes), add]

    values = f(0.5, -1, 2)
    yield with_value(value=numpy_helper.from_array(values)), {}, [N("Add", "x c")], {"c": values}, (2, 3)
    if v >= 12:
        yield with_value(value_floats=[0.5, -1, 2]), {}, [N("Add", "x c")], {"c": values}, (2, 3)
        yield with_value(value_float=0.5), {}, [N("Add", "x c")], {"c": scalar(0.5)}, (2, 3)
        shape = helper.make_node("Constant", [], ["s"], value_ints=[0, 2, 3])
        yield [shape, N("Reshape", "x s")], {}, [N("Reshape", "x s")], {"s": i(0, 2, 3)}, (2, 6)
        axis = helper.make_node("Constant", [], ["a"], value_int=1)
        yield [axis, N("Gather", "x a", axis=1)], {}, [N("Gather", "x a", axis=1)], {"a": np.array(1, np.int64)}, (2, 3)


def constant_of_shape(v):
    value = numpy_helper.from_array(f(0.75))
    nodes = [N("ConstantOfShape", "s", "c", value=value), N("Add", "x c")]
    yield nodes, {"s": i(3)}, [N("Add", "x c")], {"c": f(0.75, 0.75, 0.75)}, (2, 3)
    yield [N("ConstantOfShape", "s", "c"), N("Max", "x c")], {"s": i(3)}, [N("Relu", "x")], {}, (2, 3)


def conv(v):
    w, b = ramp(4, 1, 3, 2), f(1, -1, 0.5, 2)
    attributes = dict(kernel_shape=[3, 2], group=2, strides=[2, 1], dilations=[1, 2], pads=[1, 0, 2, 1])
    yield [N("Conv", "x w b", **attributes)], {"w": w, "b": b}, None, None, (2, 2, 6, 6)
    for auto_pad, pads in [("SAME_UPPER", [0, 0, 1, 1]), ("SAME_LOWER", [1, 1, 0, 0]), ("VALID", [0, 0, 0, 0])]:
        w = {"w": ramp(3, 2, 2, 2)}
        yield [N("Conv", "x w", auto_pad=auto_pad)], w, [N("Conv", "x w", pads=pads)], w, (2, 2, 4, 5)
    yield [N("Conv", "x w")], {"w": ramp(2, 2, 3)}, None, None, (2, 2, 5)


def conv_transpose(v):
    w = {"w": ramp(2, 3, 3, 2), "b": f(1, -1, 0.5)}
    attributes = dict(strides=[2, 3], pads=[1, 0, 0, 1], output_padding=[1, 0])
    yield [N("ConvTranspose", "x w b", **attributes)], w, None, None, (2, 2, 3, 4)
    yield [N("ConvTranspose", "x w", group=2)], {"w": ramp(2, 1, 2, 2)}, None, None, (2, 2, 3, 3)


def dropout(v):
    identity = [N("Identity", "x")], {}
    legacy = {"is_test": 1} if v < 7 else {}
    if v < 12:
        yield [N("Dropout", "x", ratio=0.25, **legacy)], {}, *identity, (2, 5)
    else:
        yield [N("Dropout", "x r t", seed=3)], {"r": scalar(0.25), "t": np.array(False)}, *identity, (2, 5)
        yield [N("Dropout", "x r")], {"r": scalar(0.25)}, *identity, (2, 5)
    yield [N("Dropout", "x", "y m" if v >= 7 else "y", **legacy)], {}, *identity, (2, 5)


def expand(v):
    yield [N("Expand", "x s")], {"s": i(1, 3, 4)}, None, None, (2, 3, 1)


def flatten(v):
    yield [N("Flatten", "x")], {}, None, None, (2, 3, 2)
    yield [N("Flatten", "x", axis=1)], {}, None, None, (2, 3, 2, 2)
    if v >= 11:
        yield [N("Flatten", "x", axis=-2)], {}, None, None, (2, 3, 2)


def gather(v):
    yield [N("Gather", "x j", axis=1)], {"j": np.array([[2, 0], [1, 1]], np.int64)}, None, None, (2, 3)
    yield [N("Gather", "x j", axis=2)], {"j": np.array(1, np.int32)}, None, None, (2, 3, 4)
    if v >= 11:
        yield [N("Gather", "x j", axis=-1)], {"j": i(-1, 0)}, None, None, (2, 3)


def gelu(v):
    yield [N("Gelu", "x")], {}, None, None, (2, 5)
    yield [N("Gelu", "x", approximate="tanh")], {}, None, None, (2, 5)


def gemm(v):
    broadcasts = {"broadcast": 1} if v < 7 else {}
    w = {"w": ramp(3, 4), "c": f(1, -2, 0.5)}
    yield [N("Gemm", "x w c", alpha=0.5, beta=2.0, transB=1, **broadcasts)], w, [N("Gemm", "x w c", alpha=0.5, beta=2.0, transB=1)], w, (2, 4)
    w = {"w": ramp(4, 3), "c": f(1, -2, 0.5).reshape(1, 3)}
    yield [N("Gemm", "x w c", **broadcasts)], w, [N("Gemm", "x w c")], w, (2, 4)
    if v >= 11:
        yield [N("Gemm", "x w")], {"w": ramp(4, 3)}, None, None, (2, 4)


def layer_normalization(v):
    yield [N("LayerNormalization", "x s b", epsilon=0.25)], {"s": ramp(4), "b": f(1, 0, 2, -1)}, None, None, (2, 3, 4)
    yield [N("LayerNormalization", "x s", axis=1)], {"s": ramp(3, 4)}, None, None, (2, 3, 4)


def matmul(v):
    yield [N("MatMul", "x w")], {"w": ramp(4, 3)}, None, None, (2, 4)
    yield [N("MatMul", "w x")], {"w": ramp(2, 3)}, None, None, (2, 3, 4)


def prelu(v):
    slope = f(0.5, -1, 0.25)
    if v < 7:
        yield [N("PRelu", "x s")], {"s": slope}, [N("PRelu", "x s")], {"s": slope.reshape(3, 1, 1)}, (2, 3, 2, 2)
    else:
        yield [N("PRelu", "x s")], {"s": slope.reshape(3, 1, 1)}, None, None, (2, 3, 2, 2)
    yield [N("PRelu", "x s")], {"s": f(0.25)}, None, None, (2, 3, 2, 2)


def pad(v):
    pads = [0, 0, 1, 0, 0, 0, 0, 2]
    x = (2, 1, 3, 4)
    modern = {"p": i(*pads), "c": scalar(1.5)}
    if v < 11:
        name = "paddings" if v < 2 else "pads"
        yield [N("Pad", "x", mode="constant", value=1.5, **{name: pads})], {}, [N("Pad", "x p c")], modern, x
        for mode in ["edge", "reflect"]:
            yield [N("Pad", "x", mode=mode, **{name: pads})], {}, [N("Pad", "x p", mode=mode)], {"p": i(*pads)}, x
    else:
        yield [N("Pad", "x p c")], modern, None, None, x
        for mode in ["constant", "edge", "reflect"]:
            yield [N("Pad", "x p", mode=mode)], {"p": i(*pads)}, None, None, x
    if v >= 18:
        with_axes = {"p": i(1, 2, 0, 1), "c": scalar(1.5), "a": i(-1, 2)}
        yield [N("Pad", "x p c a")], with_axes, None, None, x


def reduce(op):
    def cases(v):
        as_input = v >= (13 if op == "ReduceSum" else 18)

        def form(axes, **attributes):
            modern = [N(op, "x a", **attributes)], {"a": i(*axes)}
            return ([N(op, "x a", **attributes)], {"a": i(*axes)}, *modern) if as_input else (
                [N(op, "x", axes=axes, **attributes)], {}, *modern)

        yield *form([2]), (2, 3, 4)
        yield *form([1, 2], keepdims=0), (2, 3, 4)
        if v >= 11:
            yield *form([-1], keepdims=1), (2, 3, 4)
        if as_input:
            yield [N(op, "x", noop_with_empty_axes=1)], {}, [N("Identity", "x")], {}, (2, 3)

    return cases


def reshape(v):
    if v < 5:
        yield [N("Reshape", "x", shape=[0, -1, 2])], {}, [N("Reshape", "x s")], {"s": i(0, -1, 2)}, (2, 6)
        return
    yield [N("Reshape", "x s")], {"s": i(0, -1, 2)}, None, None, (2, 6)
    yield [N("Reshape", "x s")], {"s": i(-1, 4)}, None, None, (2, 2, 2)
    if v >= 14:
        yield [N("Reshape", "x s", allowzero=0)], {"s": i(0, 3, 2)}, None, None, (2, 6)


def resize(v):
    x = (2, 2, 3, 4)
    up, down = f(1, 1, 2, 3), f(1, 1, 0.5, 0.5)
    if v < 11:
        floor = dict(coordinate_transformation_mode="asymmetric", nearest_mode="floor")
        yield [N("Resize", "x s")], {"s": up}, [helper.make_node("Resize", ["x", "", "s"], ["y"], **floor)], {"s": up}, x
        linear = dict(coordinate_transformation_mode="asymmetric", mode="linear")
        yield [N("Resize", "x s", mode="linear")], {"s": up}, [helper.make_node("Resize", ["x", "", "s"], ["y"], **linear)], {"s": up}, x
        return
    # The region of interest is an input that must be there in opset 11.
    roi = {"r": np.zeros(0, np.float32)} if v < 13 else {}
    first = ["x", "r"] if v < 13 else ["x", ""]
    modern = ["x", ""]

    def form(name, value, **attributes):
        tail = [name] if name == "s" else ["", name]
        legacy_tail = tail if v >= 13 or name == "s" else ["e", name]
        extra = {"e": np.zeros(0, np.float32)} if legacy_tail[0] == "e" else {}
        return (
            [helper.make_node("Resize", first + legacy_tail, ["y"], **attributes)], {**roi, **extra, name: value},
            [helper.make_node("Resize", modern + tail, ["y"], **attributes)], {name: value}, x)

    yield form("s", up)
    yield form("s", up, mode="linear")
    yield form("s", up, mode="linear", coordinate_transformation_mode="align_corners")
    yield form("s", down, coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    yield form("z", i(2, 2, 6, 8), mode="linear", coordinate_transformation_mode="pytorch_half_pixel")
    yield form("z", i(2, 2, 5, 7), nearest_mode="ceil", coordinate_transformation_mode="asymmetric")
    if v >= 18:
        axes = dict(axes=[2, 3])
        yield [helper.make_node("Resize", ["x", "", "s"], ["y"], **axes)], {"s": f(2, 2)}, *(
            [helper.make_node("Resize", ["x", "", "s"], ["y"])], {"s": f(1, 1, 2, 2)}), x
    if v >= 19:
        yield form("s", up, mode="linear", coordinate_transformation_mode="half_pixel_symmetric")


def shape_of(v):
    # A reshape to the extents that Shape gives, without its last axis split.
    nodes = [N("Shape", "x", "s"), N("Reshape", "f s")]
    yield [N("Flatten", "x", "f")] + nodes, {}, [N("Identity", "x")], {}, (2, 3, 2)
    if v >= 15:
        nodes = [N("Shape", "x", "t", start=-2, end=3), N("Concat", "o t", "s", axis=0)]
        yield [N("Flatten", "x", "f")] + nodes + [N("Reshape", "f s")], {"o": i(0)}, [N("Identity", "x")], {}, (2, 3, 2)


def slice_of(v):
    if v < 10:
        modern = {"b": i(1, -2), "e": i(3, 2**31 - 1), "a": i(1, 2)}
        yield [N("Slice", "x", axes=[1, 2], starts=[1, -2], ends=[3, 2**31 - 1])], {}, [N("Slice", "x b e a")], modern, (2, 4, 5)
        yield [N("Slice", "x", starts=[0, 1], ends=[2**31 - 1, 3])], {}, [N("Slice", "x b e a")], {"b": i(1), "e": i(3), "a": i(1)}, (2, 4)
        return
    yield [N("Slice", "x b e a t")], {"b": i(0, -1), "e": i(4, -5), "a": i(1, 2), "t": i(2, -2)}, None, None, (2, 4, 5)
    if v >= 11:
        yield [N("Slice", "x b e a")], {"b": i(-3), "e": i(2**62), "a": i(-1)}, None, None, (2, 4, 5)


def softmax(op):
    def cases(v):
        if v < 13:
            for axis, row in [(1, (2, 3, 4)), (None, (2, 3, 4)), (2, (2, 3, 4))]:
                named = {} if axis is None else {"axis": axis}
                inner = i(0, -1) if axis != 2 else i(0, 0, -1)
                modern = [N("Reshape", "x p", "f"), N(op, "f", "g", axis=-1), N("Reshape", "g q")]
                yield [N(op, "x", **named)], {}, modern, {"p": inner, "q": i(0, 3, 4)}, row
        else:
            for axis in [1, -1]:
                yield [N(op, "x", axis=axis)], {}, None, None, (2, 3, 4)
            yield [N(op, "x")], {}, None, None, (2, 3, 4)

    return cases


def split(v):
    modern = lambda *sizes: ([N("Split", "x s", "y z", axis=1)], {"s": i(*sizes)})
    if v < 13:
        yield [N("Split", "x", "y z", axis=1, split=[1, 3])], {}, *modern(1, 3), (2, 4)
    else:
        yield [N("Split", "x s", "y z", axis=1)], {"s": i(1, 3)}, *modern(1, 3), (2, 4)
    if v == 1:
        yield [N("Split", "x s", "y z", axis=1)], {"s": f(1, 3)}, *modern(1, 3), (2, 4)
    if v < 18:
        yield [N("Split", "x", "y z", axis=1)], {}, *modern(2, 2), (2, 4)
    else:
        yield [N("Split", "x", "y z", axis=1, num_outputs=2)], {}, *modern(3, 2), (2, 5)


def squeeze(v):
    if v < 13:
        yield [N("Squeeze", "x", axes=[1, 3])], {}, [N("Squeeze", "x a")], {"a": i(1, 3)}, (2, 1, 3, 1)
    else:
        yield [N("Squeeze", "x a")], {"a": i(-1, 1)}, None, None, (2, 1, 3, 1)


def unsqueeze(v):
    if v < 13:
        yield [N("Unsqueeze", "x", axes=[1, 3])], {}, [N("Unsqueeze", "x a")], {"a": i(1, 3)}, (2, 3)
    else:
        yield [N("Unsqueeze", "x a")], {"a": i(-1, 1)}, None, None, (2, 3)


def tile(v):
    if v < 6:
        modern = [N("Tile", "x r")], {"r": i(1, 3)}
        yield [N("Tile", "x n a")], {"n": scalar(3), "a": scalar(1)}, *modern, (2, 2)
    else:
        yield [N("Tile", "x r")], {"r": i(1, 3, 2)}, None, None, (2, 2, 3)


def transpose(v):
    yield [N("Transpose", "x", perm=[0, 3, 1, 2])], {}, None, None, (2, 3, 4, 2)


def upsample(v):
    def nearest(scales):
        attributes = dict(coordinate_transformation_mode="asymmetric", nearest_mode="floor")
        return [helper.make_node("Resize", ["x", "", "s"], ["y"], **attributes)], {"s": scales}

    scales = f(1, 1, 2, 3)
    if v < 7:
        yield [N("Upsample", "x", height_scale=2.0, width_scale=3.0, mode="nearest")], {}, *nearest(scales), (2, 2, 3, 2)
    elif v < 9:
        yield [N("Upsample", "x", scales=[1.0, 1.0, 2.0, 3.0])], {}, *nearest(scales), (2, 2, 3, 2)
    else:
        yield [N("Upsample", "x s", mode="nearest")], {"s": scales}, *nearest(scales), (2, 2, 3, 2)
    linear = dict(coordinate_transformation_mode="asymmetric", mode="linear")
    modern = [helper.make_node("Resize", ["x", "", "s"], ["y"], **linear)], {"s": scales}
    if v < 7:
        yield [N("Upsample", "x", height_scale=2.0, width_scale=3.0, mode="bilinear")], {}, *modern, (2, 2, 3, 2)
    elif v >= 9:
        yield [N("Upsample", "x s", mode="linear")], {"s": scales}, *modern, (2, 2, 3, 2)


def selu(v):
    yield [N("Selu", "x", alpha=1.5, gamma=2.0)], {}, None, None, (2, 5)
    first = [N("Selu", "x", alpha=1.6732, gamma=1.0507)] if v < 6 else None
    yield [N("Selu", "x")], {}, first, {} if first else None, (2, 5)


def mish(v):
    yield [N("Mish", "x")], {}, None, None, (2, 5)


def global_pool(op):
    def cases(v):
        yield [N(op, "x")], {}, None, None, (2, 2, 3, 4)
        reduced = [N(op.replace("Global", "Reduce").replace("Average", "Mean").replace("Pool", ""), "x a")]
        yield [N(op, "x")], {}, reduced, {"a": i(2)}, (2, 2, 5)

    return cases


table = {
    "Abs": unary("Abs"), "Add": binary("Add"), "AveragePool": pool("AveragePool"), "BatchNormalization": batch_normalization,
    "Cast": cast, "Clip": clip, "Concat": concat, "Constant": constant, "ConstantOfShape": constant_of_shape, "Conv": conv,
    "ConvTranspose": conv_transpose, "Div": binary("Div"), "Dropout": dropout, "Elu": unary("Elu", alpha=0.5),
    "Erf": unary("Erf"), "Exp": unary("Exp"), "Expand": expand, "Flatten": flatten, "Gather": gather, "Gelu": gelu,
    "Gemm": gemm, "GlobalAveragePool": global_pool("GlobalAveragePool"), "GlobalMaxPool": global_pool("GlobalMaxPool"),
    "HardSigmoid": unary("HardSigmoid", alpha=0.25, beta=0.25), "HardSwish": unary("HardSwish"),
    "Identity": unary("Identity"), "LayerNormalization": layer_normalization, "LeakyRelu": unary("LeakyRelu", alpha=0.25),
    "Log": positive("Log"), "LogSoftmax": softmax("LogSoftmax"), "MatMul": matmul, "Max": several("Max"),
    "MaxPool": pool("MaxPool"), "Mean": several("Mean"), "Min": several("Min"), "Mish": mish, "Mul": binary("Mul"),
    "Neg": unary("Neg"), "PRelu": prelu, "Pad": pad, "Pow": power, "ReduceMax": reduce("ReduceMax"),
    "ReduceMean": reduce("ReduceMean"), "ReduceMin": reduce("ReduceMin"), "ReduceSum": reduce("ReduceSum"),
    "Relu": unary("Relu"), "Reshape": reshape, "Resize": resize, "Selu": selu, "Shape": shape_of,
    "Sigmoid": unary("Sigmoid"), "Slice": slice_of, "Softmax": softmax("Softmax"), "Softplus": unary("Softplus"),
    "Softsign": unary("Softsign"), "Split": split, "Sqrt": positive("Sqrt"), "Squeeze": squeeze, "Sub": binary("Sub"),
    "Sum": several("Sum"), "Tanh": unary("Tanh"), "Tile": tile, "Transpose": transpose, "Unsqueeze": unsqueeze,
    "Upsample": upsample,
}


def with_legacy(node, version):
    """Ops of operator set 1 said which inputs they may overwrite; some had to."""
    known = [since for since in history[node.op_type] if since <= version]
    schema = history[node.op_type][max(known)]
    if "consumed_inputs" in schema.attributes:
        count = 5 if node.op_type == "BatchNormalization" else len(node.input)
        node.attribute.append(helper.make_attribute("consumed_inputs", [0] * count))
    return node


def model_of(nodes, weights, version, rows, wanted=None):
    outputs = list(nodes[-1].output)
    if nodes[-1].op_type == "Dropout":
        outputs = outputs[:1]
    tensor = lambda name, a: helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(a.dtype), list(a.shape))
    # Sizes of a Resize state the number of rows too.
    first = rows[0] if any(node.op_type == "Resize" for node in nodes) else "N"
    ir = 3 if version < 9 else 8 if version < 19 else 10
    listed = [tensor(name, a) for name, a in weights.items()] if ir == 3 else []
    graph = helper.make_graph(
        nodes, "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [first, *rows[1:]])] + listed,
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [first, *y.shape[1:]] if wanted else None)
         for name, y in zip(outputs, wanted or outputs)],
        [numpy_helper.from_array(a, name) for name, a in weights.items()])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", version)], ir_version=ir)


def plain(a):
    return {"shape": list(a.shape), "data": [float(np.float32(value)) for value in a.ravel()]}


def opsets(op):
    """Those in which the op exists; Reshape takes what Shape gives from 5 on, and Upsample was withdrawn in 10."""
    first = 5 if op == "Shape" else min(history[op])
    return range(first, 10 if op == "Upsample" else LAST + 1)


files = []
for op, cases in table.items():
    for opset in opsets(op):
        for nodes, weights, modern, modern_weights, shape in cases(opset):
            modern = modern or [onnx.NodeProto.FromString(node.SerializeToString()) for node in nodes]
            modern_weights = weights if modern_weights is None else modern_weights
            x = ramp(*shape)
            wanted = ReferenceEvaluator(model_of(modern, modern_weights, LAST, shape)).run(None, {"x": x})
            legacy = [with_legacy(node, opset) for node in nodes]
            model = model_of(legacy, weights, opset, shape, wanted)
            onnx.checker.check_model(model)
            form = (op, shape, *(node.SerializeToString() for node in legacy), *(a.tobytes() for a in [*weights.values(), *wanted]), *(a.shape for a in weights.values()))
            same = next((file for file in files if file["form"] == form and file["to"] == opset - 1), None)
            if same is not None:
                same["to"] = opset
                continue
            files.append({
                "form": form, "op": op, "from": opset, "to": opset,
                "model": base64.b64encode(model.SerializeToString()).decode(),
                "x": plain(x), "outputs": [plain(y) for y in wanted],
            })

for file in files:
    del file["form"]
text = "[\n" + ",\n".join(json.dumps(file, separators=(",", ":")) for file in files) + "\n]\n"
target = pathlib.Path(__file__).with_name("opset-files.json.gz")
target.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
print(len(files), "models of", len(table), "ops", file=sys.stderr)
