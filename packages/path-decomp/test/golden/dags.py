"""Splits the outputs of small piecewise-linear DAGs by writing down every path.

Every tensor element is a scalar node. A path starts at an input element, a constant or the offset of a gate, runs
along edges (weights) and selected edges of gates (slopes), and ends at a logit. It is float if a float unit is on
it (the offset of a gate starts at the gate's unit, so it is float where that unit is), fixed otherwise. All numbers
are dyadic, all sums are exact fractions. Nothing of floatpath is used.

    python3 dags.py > dags.json
"""

import itertools
import json
import random
from fractions import Fraction as F

DYADIC = [F(n, 8) for n in range(-16, 17)]


class Net:
    """A DAG of tensors; each tensor is a dict from index to scalar node."""

    def __init__(self, name, shape, seed):
        self.random = random.Random(seed)
        self.name, self.shape = name, shape
        self.nodes, self.constants, self.tensors, self.shapes, self.gates = [], {}, {}, {}, []
        self.put("x", shape, {i: ("input", k) for k, i in enumerate(indices(shape))})

    def put(self, name, shape, scalars):
        self.tensors[name], self.shapes[name] = scalars, list(shape)
        return name

    def constant(self, shape, values=None, choices=DYADIC):
        name = f"c{len(self.constants)}"
        values = values or [self.random.choice(choices) for _ in indices(shape)]
        self.constants[name] = {"shape": list(shape), "data": [float(v) for v in values]}
        return self.put(name, shape, dict(zip(indices(shape), (("constant", v) for v in values))))

    def integers(self, values):
        name = f"c{len(self.constants)}"
        self.constants[name] = {"dtype": "int64", "shape": [len(values)], "data": list(values)}
        return name

    def node(self, op, inputs, shape, scalars, attributes=None):
        output = f"v{len(self.nodes)}"
        self.nodes.append(
            {
                "name": f"node_{len(self.nodes)}",
                "op": op,
                "inputs": inputs,
                "outputs": [output],
                "attributes": attributes or {},
            }
        )
        return self.put(output, shape, scalars)

    def gate(self, op, inputs, shape, scalars, attributes=None):
        output = self.node(op, inputs, shape, scalars, attributes)
        self.gates.append((self.nodes[-1]["name"], [scalars[i] for i in indices(shape)]))
        return output

    # Affine ops: ("sum", [(scalar, weight)])

    def gemm(self, x, units):
        (size,) = self.shapes[x][1:]
        w, b = self.constant([units, size]), self.constant([units])
        wv, bv, xv = self.tensors[w], self.tensors[b], self.tensors[x]
        scalars = {
            (0, u): ("sum", [(xv[0, i], wv[u, i][1]) for i in range(size)] + [(bv[u,], F(1))])
            for u in range(units)
        }
        return self.node("Gemm", [x, w, b], [1, units], scalars, {"transB": 1})

    def conv(self, x, outputs, kernel):
        _, channels, height, width = self.shapes[x]
        w, b = self.constant([outputs, channels, kernel, kernel]), self.constant([outputs])
        wv, bv, xv = self.tensors[w], self.tensors[b], self.tensors[x]
        shape = [1, outputs, height - kernel + 1, width - kernel + 1]
        scalars = {}
        for n, o, y, z in indices(shape):
            terms = [
                (xv[0, c, y + i, z + j], wv[o, c, i, j][1])
                for c in range(channels)
                for i in range(kernel)
                for j in range(kernel)
            ]
            scalars[n, o, y, z] = ("sum", terms + [(bv[o,], F(1))])
        return self.node("Conv", [x, w, b], shape, scalars, {"kernel_shape": [kernel, kernel]})

    def combine(self, op, a, b):
        av, bv = self.tensors[a], self.tensors[b]
        sign = F(-1) if op == "Sub" else F(1)
        shape = self.shapes[a] if len(self.shapes[a]) >= len(self.shapes[b]) else self.shapes[b]

        def at(values, of, index):
            own = self.shapes[of]
            index = index[len(index) - len(own) :]
            return values[tuple(0 if extent == 1 else i for i, extent in zip(index, own))]

        scalars = {i: ("sum", [(at(av, a, i), F(1)), (at(bv, b, i), sign)]) for i in indices(shape)}
        return self.node(op, [a, b], shape, scalars)

    def flatten(self, x):
        values = [self.tensors[x][i] for i in indices(self.shapes[x])]
        scalars = {(0, k): ("sum", [(v, F(1))]) for k, v in enumerate(values)}
        return self.node("Flatten", [x], [1, len(values)], scalars, {"axis": 1})

    def pad(self, x, widths, value):
        shape = self.shapes[x]
        rank = len(shape)
        padded = [e + widths[i] + widths[i + rank] for i, e in enumerate(shape)]
        c = self.constant([], [value])
        border, xv = self.tensors[c][()], self.tensors[x]
        scalars = {}
        for index in indices(padded):
            inner = tuple(i - widths[axis] for axis, i in enumerate(index))
            scalars[index] = ("sum", [(xv.get(inner, border), F(1))])
        return self.node("Pad", [x, self.integers(widths), c], padded, scalars, {"mode": "constant"})

    def concat(self, parts):
        values = [self.tensors[p][i] for p in parts for i in indices(self.shapes[p])]
        scalars = {(0, k): ("sum", [(v, F(1))]) for k, v in enumerate(values)}
        return self.node("Concat", parts, [1, len(values)], scalars, {"axis": 1})

    # Gates: ("piece", z, pieces, upper tie) with pieces (upper end, slope, offset), or ("pick", sign, [(piece, scalar)])

    def pieces(self, op, x, extra, pieces, upper_tie, attributes=None):
        xv = self.tensors[x]
        scalars = {i: ("piece", xv[i], pieces, upper_tie) for i in indices(self.shapes[x])}
        return self.gate(op, [x, *extra], self.shapes[x], scalars, attributes)

    def relu(self, x):
        return self.pieces("Relu", x, [], [(F(0), F(0), F(0)), (None, F(1), F(0))], False)

    def leaky(self, x, alpha):
        return self.pieces(
            "LeakyRelu", x, [], [(F(0), alpha, F(0)), (None, F(1), F(0))], False, {"alpha": float(alpha)}
        )

    def clip(self, x, low, high):
        extra = [self.constant([], [low]), self.constant([], [high])]
        return self.pieces(
            "Clip", x, extra, [(low, F(0), low), (high, F(1), F(0)), (None, F(0), high)], True
        )

    def hard_sigmoid(self, x, alpha, beta):
        pieces = [(-beta / alpha, F(0), F(0)), ((1 - beta) / alpha, alpha, beta), (None, F(0), F(1))]
        attributes = {"alpha": float(alpha), "beta": float(beta)}
        return self.pieces("HardSigmoid", x, [], pieces, True, attributes)

    def pick(self, op, inputs):
        values = [self.tensors[i] for i in inputs]
        shape = max((self.shapes[i] for i in inputs), key=len)
        sign = 1 if op == "Max" else -1

        def at(k, index):
            own = self.shapes[inputs[k]]
            index = index[len(index) - len(own) :]
            return values[k][tuple(0 if extent == 1 else i for i, extent in zip(index, own))]

        scalars = {
            i: ("pick", sign, [(k, at(k, i)) for k in range(len(inputs))]) for i in indices(shape)
        }
        return self.gate(op, inputs, shape, scalars)

    def max_pool(self, x, kernel, stride, pad):
        _, channels, height, width = self.shapes[x]
        extent = lambda size: (size + 2 * pad - kernel) // stride + 1
        shape = [1, channels, extent(height), extent(width)]
        xv = self.tensors[x]
        scalars = {}
        for n, c, y, z in indices(shape):
            seen = [
                (i * kernel + j, (0, c, y * stride - pad + i, z * stride - pad + j))
                for i in range(kernel)
                for j in range(kernel)
            ]
            scalars[n, c, y, z] = ("pick", 1, [(tap, xv[at]) for tap, at in seen if at in xv])
        attributes = {
            "kernel_shape": [kernel, kernel],
            "strides": [stride, stride],
            "pads": [pad] * 4,
        }
        return self.gate("MaxPool", [x], shape, scalars, attributes)


def indices(shape):
    return list(itertools.product(*(range(extent) for extent in shape)))


class Run:
    """Values, selections and paths of a net at one input."""

    def __init__(self, net, x):
        self.net, self.x, self.memo = net, x, {}

    def value(self, s):
        if id(s) not in self.memo:
            self.memo[id(s)] = self._value(s)
        return self.memo[id(s)]

    def _value(self, s):
        if s[0] == "input":
            return self.x[s[1]]
        if s[0] == "constant":
            return s[1]
        if s[0] == "sum":
            return sum((self.value(t) * w for t, w in s[1]), F(0))
        edge, slope, offset = self.selected(s, self.select(s))
        return self.value(edge) * slope + offset

    def select(self, s):
        if s[0] == "piece":
            z, last = self.value(s[1]), len(s[2]) - 1
            piece = 0
            for k in range(last):
                end = s[2][k][0]
                piece += z > end or (z == end and s[3] and k == last - 1)
            return piece
        best = max(s[1] * self.value(t) for _, t in s[2])
        return min(piece for piece, t in s[2] if s[1] * self.value(t) == best)

    @staticmethod
    def selected(s, piece):
        if s[0] == "piece":
            return s[1], s[2][piece][1], s[2][piece][2]
        return dict(s[2])[piece], F(1), F(0)

    def paths(self, s, is_float, recorded):
        """Every path from a source to s: (value, whether a float unit is on it)."""
        if s[0] in ("input", "constant"):
            yield self.value(s), False
        elif s[0] == "sum":
            for t, w in s[1]:
                for value, through in self.paths(t, is_float, recorded):
                    yield value * w, through
        else:
            here = is_float[id(s)]
            piece = self.select(s) if here or recorded is None else recorded[id(s)]
            edge, slope, offset = self.selected(s, piece)
            yield offset, here
            for value, through in self.paths(edge, is_float, recorded):
                yield value * slope, through or here


def split(run, logits, is_float, recorded):
    fixed, floating, count = [], [], 0
    for s in logits:
        parts = [F(0), F(0)]
        for value, through in run.paths(s, is_float, recorded):
            parts[through] += value
            count += 1
        fixed.append(float(parts[0]))
        floating.append(float(parts[1]))
        assert parts[0] + parts[1] == run.value(s), "paths do not sum to the output"
    return {
        "logits": [float(run.value(s)) for s in logits],
        "fixed": fixed,
        "float": floating,
        "paths": count,
    }


def golden(net, output, x, other, seed):
    coins = random.Random(seed)
    logits = [net.tensors[output][i] for i in indices(net.shapes[output])]
    run, moved = Run(net, x), Run(net, other)
    units = [s for _, gate in net.gates for s in gate]
    selections = {id(s): run.select(s) for s in units}
    # Random float units, and every unit that selects differently at the other input.
    is_float = {id(s): coins.random() < 0.4 or moved.select(s) != selections[id(s)] for s in units}
    per_gate = lambda of: {name: [int(of[id(s)]) for s in gate] for name, gate in net.gates}
    return {
        "name": net.name,
        "inputShape": net.shape,
        "nodes": net.nodes,
        "constants": net.constants,
        "output": {"name": output, "shape": net.shapes[output]},
        "x": [float(v) for v in x],
        "other": [float(v) for v in other],
        "float": per_gate(is_float),
        "selections": per_gate(selections),
        "atX": split(run, logits, is_float, None),
        "atOther": split(moved, logits, is_float, selections),
    }


def offsets():
    net = Net("offsets", [1, 3], 22)
    h = net.clip(net.gemm("x", 4), F(-1, 2), F(1, 2))
    h = net.hard_sigmoid(net.combine("Add", h, net.constant([4])), F(1, 2), F(1, 2))
    h = net.combine("Sub", net.constant([1, 4]), h)
    return net, net.gemm(h, 2), 3


def ties():
    net = Net("ties", [1, 3], 2)
    identity = net.node(
        "Gemm",
        ["x", net.constant([4, 3], [F(v) for v in (1, 0, 0, 0, 1, 0, 1, -1, 0, 0, 0, 1)])],
        [1, 4],
        {},
        {"transB": 1},
    )
    rows = [(1, 0, 0), (0, 1, 0), (1, -1, 0), (0, 0, 1)]
    x = net.tensors["x"]
    net.tensors[identity] = {
        (0, u): ("sum", [(x[0, i], F(w)) for i, w in enumerate(row)]) for u, row in enumerate(rows)
    }
    low = net.clip(identity, F(0), F(1))
    relu = net.relu(identity)
    best = net.pick("Max", [low, relu, net.constant([4], [F(0)] * 4)])
    least = net.pick("Min", [identity, best])
    return net, net.gemm(net.combine("Add", best, least), 2), 4


def pads():
    net = Net("pads", [1, 1, 2, 3], 5)
    padded = net.pad("x", [0, 0, 1, 0, 0, 0, 0, 1], F(3, 4))
    h = net.leaky(net.conv(padded, 2, 2), F(1, 4))
    h = net.relu(net.pad(h, [0, 0, 0, 1, 0, 0, 0, -1], F(-1, 2)))
    return net, net.gemm(net.flatten(h), 2), 6


def constant_branches():
    net = Net("constant branches", [1, 3], 7)
    folded = net.constant([1, 4])
    values = [net.tensors[folded][i][1] for i in indices([1, 4])]
    name = net.node("Relu", [folded], [1, 4], {})
    net.tensors[name] = {(0, k): ("constant", max(v, F(0))) for k, v in enumerate(values)}
    h = net.relu(net.combine("Add", net.gemm("x", 4), name))
    joined = net.concat([h, net.constant([1, 2]), net.gemm(h, 2)])
    return net, net.gemm(net.relu(joined), 2), 8


def maxima():
    net = Net("max", [1, 4], 9)
    a, b = net.gemm("x", 3), net.gemm("x", 3)
    top = net.pick("Max", [a, net.constant([3]), b])
    low = net.pick("Min", [top, a])
    return net, net.gemm(net.combine("Sub", top, net.relu(low)), 2), 10


def pools():
    net = Net("max pool", [1, 1, 4, 4], 11)
    h = net.max_pool(net.conv("x", 2, 2), 2, 1, 1)
    h = net.max_pool(net.relu(h), 2, 2, 0)
    return net, net.gemm(net.flatten(h), 2), 12


def dense_dag():
    net = Net("dense connections", [1, 3], 13)
    a = net.relu(net.gemm("x", 3))
    b = net.clip(net.gemm(net.concat(["x", a]), 3), F(-1), F(1))
    c = net.pick("Max", [net.combine("Add", a, b), b, net.constant([3])])
    return net, net.gemm(net.concat(["x", a, b, c]), 2), 14


def main():
    dags = []
    for make in (offsets, ties, pads, constant_branches, maxima, pools, dense_dag):
        net, output, seed = make()
        size = len(indices(net.shape))
        numbers = random.Random(seed)
        x = [numbers.choice(DYADIC) for _ in range(size)]
        if net.name == "ties":
            x = [F(0), F(1), F(1)]
        other = [v + numbers.choice([F(-1, 2), F(0), F(1, 4)]) for v in x]
        dags.append(golden(net, output, x, other, seed))
    header = {
        "source": "brute-force enumeration of all paths in exact fractions",
        "script": "packages/path-decomp/test/golden/dags.py",
        "version": 1,
    }
    print(json.dumps({**header, "dags": dags}))


main()
