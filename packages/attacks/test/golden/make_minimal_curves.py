#!/usr/bin/env python3
"""Writes minimal-curves.json: inputs, settings, and loss and distance at every point that the attacks of minimal distance look
at, for any language to compare with.

An implementation of its own, in NumPy and float64, from the papers: Croce and Hein 2020, Algorithm 1 (fab, without its final
search, as its authors run it), Moosavi-Dezfooli et al. 2016, Algorithm 2 (deepfool), Carlini and Wagner 2017 (cw-l2, cw-linf).
Projections onto a hyperplane within the box are found by bisection here. Nothing here draws random numbers.
Run: python3 make_minimal_curves.py > minimal-curves.json
"""
import json
import math
import numpy as np

rng = np.random.default_rng(11)
D, H, K = 6, 8, 4
f32 = lambda a: np.float32(a).astype(float)
W1, b1 = f32(rng.normal(size=(H, D)) * 0.8), f32(rng.normal(size=H) * 0.3)
W2, b2 = f32(rng.normal(size=(K, H)) * 1.5), f32(rng.normal(size=K) * 0.1)
FAB = dict(iterations=12)
DEEPFOOL = dict(steps=20, overshoot=0.02, candidates=10)
CW_L2 = dict(searchSteps=4, firstConstant=0.1, iterations=40, learningRate=0.02, confidence=0)
CW_LINF = dict(iterations=10, learningRate=0.05, confidence=0)


class Walk:
    """Looks at points and writes down what it saw; a point looked at twice in a row is one."""

    def __init__(self, x0, y, norm, keep):
        self.x0, self.y, self.norm, self.keep = x0, y, norm, keep
        self.loss, self.distance, self.last = [], [], None

    def look(self, x):
        z = W1 @ x + b1
        logits = W2 @ np.maximum(z, 0) + b2
        if self.last is None or (x != self.last).any():
            top = logits.max()
            self.loss.append(top + math.log(np.exp(logits - top).sum()) - logits[self.y])
            self.distance.append(length(x - self.x0, self.norm))
        self.last = x
        return logits, lambda c: W1.T @ ((W2.T @ c) * (z > 0))

    def wrong(self, logits):
        return int(np.argmax(logits)) != self.y


def length(v, norm):
    return float(np.abs(v).max() if norm == "linf" else np.abs(v).sum() if norm == "l1" else np.sqrt((v * v).sum()))


def dual(v, norm):
    return length(v, {"linf": "l1", "l2": "l2", "l1": "linf"}[norm])


def toward(y, r):
    c = np.zeros(K)
    c[r], c[y] = 1, -1
    return c


def onto_plane(p, w, gap, norm):
    """The least change of p in [0, 1]^D after which w . change = -gap; the best corner where there is none."""
    sign = -np.sign(gap) * np.sign(w)
    room = np.where(sign > 0, 1 - p, p) * (w != 0)
    wanted = abs(gap)
    if norm == "l1":
        change, rest = np.zeros(D), wanted
        for i in sorted(range(D), key=lambda i: -abs(w[i])):
            if w[i] != 0 and rest > 0:
                change[i] = min(room[i], rest / abs(w[i]))
                rest -= change[i] * abs(w[i])
        return sign * change
    pace = np.abs(w) if norm == "l2" else np.ones(D)
    moves = lambda t: np.minimum(t * pace, room)
    low, high = 0.0, 1e6
    for _ in range(200):
        t = (low + high) / 2
        low, high = (t, high) if (np.abs(w) * moves(t)).sum() < wanted else (low, t)
    return sign * moves(high)


def fab(walk, iterations):
    x0, y, norm = walk.x0, walk.y, walk.norm
    x, nearest = x0.copy(), None
    for _ in range(iterations):
        logits, gradient = walk.look(x)
        planes = [(logits[r] - logits[y], gradient(toward(y, r))) for r in range(K) if r != y]
        gap, w = min(planes, key=lambda p: abs(p[0]) / dual(p[1], norm))
        own, far = onto_plane(x, w, gap, norm), onto_plane(x0, w, gap + w @ (x0 - x), norm)
        d1, d2 = max(length(own, norm), 1e-8), max(length(far, norm), 1e-8)
        a = min(d1 / (d1 + d2), 0.1)
        x = walk.keep(np.clip((1 - a) * (x + 1.05 * own) + a * (x0 + 1.05 * far), 0, 1))
        logits, _ = walk.look(x)
        if walk.wrong(logits):
            if nearest is None or length(x - x0, norm) < length(nearest - x0, norm):
                nearest = x
            x = walk.keep(x0 + 0.9 * (x - x0))
    return nearest


def deepfool(walk, steps, overshoot, candidates):
    x0, y, norm = walk.x0, walk.y, walk.norm
    x, total = x0.copy(), np.zeros(D)
    logits, gradient = walk.look(x)
    for _ in range(steps):
        planes = [(logits[r] - logits[y], gradient(toward(y, r))) for r in range(K) if r != y]
        gap, w = min(planes, key=lambda p: abs(p[0]) / dual(p[1], norm))
        if norm == "linf":
            total += abs(gap) / dual(w, norm) * np.sign(w)
        elif norm == "l2":
            total += abs(gap) / (w @ w) * w
        else:
            i = int(np.argmax(np.abs(w)))
            total[i] += abs(gap) / w[i]
        x = walk.keep(np.clip(x0 + (1 + overshoot) * total, 0, 1))
        logits, gradient = walk.look(x)
        if walk.wrong(logits):
            return x
    return None


def to_tanh(x):
    return np.arctanh((2 * x - 1) * (1 - 1e-6))


def adam(w, learningRate):
    m, v, t = np.zeros(D), np.zeros(D), 0
    while True:
        g = yield w
        t += 1
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        w = w - learningRate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)


def margin_gradient(logits, gradient, y):
    r = max((j for j in range(K) if j != y), key=lambda j: logits[j])
    return logits[r] - logits[y], gradient(toward(y, r))


def cw_l2(walk, searchSteps, firstConstant, iterations, learningRate, confidence):
    x0, y = walk.x0, walk.y
    nearest, lower, c, upper = None, 0.0, firstConstant, 1e10
    for _ in range(searchSteps):
        w = to_tanh(x0)
        optimizer = adam(w, learningRate)
        next(optimizer)
        hit, earlier = False, math.inf
        for k in range(1, iterations + 1):
            x = walk.keep((1 + np.tanh(w)) / 2)
            margin, slope = margin_gradient(*walk.look(x), y)
            far = length(x - x0, "l2")
            if margin >= confidence and margin > 0:
                hit = True
                if nearest is None or far < length(nearest - x0, "l2"):
                    nearest = x
            hinge = max(0.0, confidence - margin)
            g = 2 * (x - x0) - (c * slope if hinge > 0 else 0)
            w = optimizer.send(g * (1 - np.tanh(w) ** 2) / 2)
            if k % max(1, iterations // 10) == 0:
                loss = far**2 + c * hinge
                if loss > 0.9999 * earlier:
                    break
                earlier = loss
        lower, upper = (lower, c) if hit else (c, upper)
        c = (lower + upper) / 2 if upper < 1e10 else c * 10
    return nearest


def cw_linf(walk, iterations, learningRate, confidence):
    x0, y = walk.x0, walk.y
    start, nearest, tau, c = to_tanh(x0), None, 1.0, 1e-5
    while c <= 20 and tau > 1 / 256:
        w, found = start, False
        optimizer = adam(w, learningRate)
        next(optimizer)
        for _ in range(iterations):
            x = walk.keep((1 + np.tanh(w)) / 2)
            margin, slope = margin_gradient(*walk.look(x), y)
            off = x - x0
            if margin >= confidence and margin > 0 and np.abs(off).max() <= tau:
                found = True
                break
            g = np.where(np.abs(off) > tau, np.sign(off), 0) - (c * slope if margin < confidence else 0)
            w = optimizer.send(g * (1 - np.tanh(w) ** 2) / 2)
        if found:
            nearest, start, tau = x, w, 0.9 * float(np.abs(off).max())
        else:
            c *= 2
    return nearest


def run(attack, settings, x0, y, norm, keep=lambda x: x):
    walk = Walk(x0, y, norm, keep)
    nearest = attack(walk, **settings)
    return walk, nearest


def label_of(x):
    return int(np.argmax(W2 @ np.maximum(W1 @ x + b1, 0) + b2))


cases = []
plan = [("fab", fab, FAB, n) for n in ("linf", "l2", "l1")] + [("deepfool", deepfool, DEEPFOOL, n) for n in ("linf", "l2", "l1")]
plan += [("cw-l2", cw_l2, CW_L2, "l2"), ("cw-linf", cw_linf, CW_LINF, "linf")]
for name, attack, settings, norm in plan * 3:
    while True:
        x0 = f32(np.clip(rng.uniform(-0.1, 1.1, D), 0, 1))
        y = label_of(x0)
        walk, nearest = run(attack, settings, x0, y, norm)
        if nearest is None or len(walk.loss) < (50 if name == "cw-l2" else 3):
            continue
        # Others keep points in float32: a case in which that decides a branch would compare nothing but luck.
        other, _ = run(attack, settings, x0, y, norm, f32)
        if len(other.loss) == len(walk.loss) and np.abs(np.subtract(walk.loss, other.loss)).max() < 1e-5:
            break
    cases.append(dict(attack=name, norm=norm, x=x0.tolist(), label=y, loss=np.round(walk.loss, 9).tolist(),
                      distance=np.round(walk.distance, 9).tolist(), nearest=length(nearest - x0, norm)))

print(json.dumps(dict(
    source="make_minimal_curves.py, NumPy, float64",
    network=dict(layers="relu(W1 x + b1), then W2 h + b2", W1=W1.tolist(), b1=b1.tolist(), W2=W2.tolist(), b2=b2.tolist()),
    settings=dict(bounds=[0, 1], loss="cross-entropy at every point looked at, in turn", distance="of that point from x, in norm", fab=FAB, deepfool=DEEPFOOL,
                  cwL2=CW_L2, cwLinf=CW_LINF),
    cases=cases)))
