#!/usr/bin/env python3
"""Writes square-curves.json: inputs, random words, and loss and margin at every point that Square looks at, for any language.

An implementation of its own, in NumPy and float64, from Andriushchenko et al. 2020 (Algorithms 1 to 3) and, for l1, Croce and
Hein 2021. Every row draws its own windows and signs. The words are Philox4x32-10 (key: the seed; counter: block, draw, image,
lane << 8 | 3; lane 7 and draw 0 at the start, lane 8 and draw q at query q), written out so that nobody needs the generator;
a uniform is (word + 1/2) / 2^32. What each uniform of a start or a step decides is said in `order`.
Run: python3 make_square_curves.py > square-curves.json
"""
import json
import math
import numpy as np

rng = np.random.default_rng(13)
C, ROWS, COLUMNS, H, K = 2, 6, 7, 10, 3
SHAPE, D = (C, ROWS, COLUMNS), C * ROWS * COLUMNS
QUERIES, FIRST_SHARE, SEED = 70, 0.8, 5
f32 = lambda a: np.float32(a).astype(float)
W1, b1 = f32(rng.normal(size=(H, D)) * 0.25), f32(rng.normal(size=H) * 0.3)
W2, b2 = f32(rng.normal(size=(K, H))), f32(rng.normal(size=K) * 0.1)


def philox(count, image, draw, lane):
    out, mask = [], 0xFFFFFFFF
    for block in range(-(-count // 4)):
        c, k = [block, draw, image, lane << 8 | 3], [SEED, 0]
        for _ in range(10):
            p, q = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
            c = [(q >> 32) ^ c[1] ^ k[0], q & mask, (p >> 32) ^ c[3] ^ k[1], p & mask]
            k = [(k[0] + 0x9E3779B9) & mask, (k[1] + 0xBB67AE85) & mask]
        out += c
    return out[:count]


def forward(x):
    return W2 @ np.maximum(W1 @ x.ravel() + b1, 0) + b2


def share_at(query):
    return FIRST_SHARE / 2 ** sum(query > after for after in (10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000))


def window(share, odd):
    area = share * ROWS * COLUMNS
    side = math.floor(math.sqrt(area) + 0.5)
    side = max(3, side + 1 - side % 2) if odd else max(1, side)
    if side <= ROWS:
        return side, side
    return ROWS, min(COLUMNS, max(1, math.floor(area / ROWS + 0.5)))


def half_bump(rows, columns, power):
    """Rectangles around the middle, the smallest the highest: rectangle k adds (k + 1)^-power."""
    out = np.zeros((rows, columns))
    r, c = rows // 2, columns // 2
    for k in range(max(r, c) + 1):
        out[max(r - k, 0) : r + k + 1, max(c - k, 0) : c + k + 1] += (k + 1.0) ** -power
    return out


def bump(rows, columns, norm, turned):
    if rows < 2 or (turned and columns > 1):
        return bump_down(columns, rows, norm).T
    return bump_down(rows, columns, norm)


def bump_down(rows, columns, norm):
    power, upper = (2 if norm == "l2" else 4), rows // 2
    eta = np.zeros((rows, columns))
    eta[:upper] = half_bump(upper, columns, power) if upper else 0
    eta[upper:] = -half_bump(rows - upper, columns, power)
    return eta / size(eta, norm)


def size(v, norm):
    return math.sqrt((v * v).sum()) if norm == "l2" else np.abs(v).sum()


def signs(uniforms):
    return np.where(np.array(uniforms) < 0.5, -1.0, 1.0)


def on_sphere(delta, x0, eps, norm):
    length = size(delta, norm)
    return np.clip(x0 + (delta * (eps * (1 - 1e-6) / length) if length else 0), 0, 1)


def start(x0, eps, norm, u):
    if norm == "linf":
        stripes = signs(u).reshape(C, 1, COLUMNS)
        return np.clip(x0 + eps * stripes, 0, 1)
    high, wide = max(1, ROWS // 5), max(1, COLUMNS // 5)
    down, right = ROWS // high, COLUMNS // wide
    top, left = (ROWS - high * down) // 2, (COLUMNS - wide * right) // 2
    delta, at = np.zeros(SHAPE), 0
    for i in range(down):
        for j in range(right):
            own, at = u[at : at + 1 + C], at + 1 + C
            r, c = top + i * high, left + j * wide
            delta[:, r : r + high, c : c + wide] = signs(own[1:]).reshape(C, 1, 1) * bump(high, wide, norm, own[0] < 0.5)
    return on_sphere(delta, x0, eps, norm)


def propose(held, x0, eps, norm, share, u):
    rows, columns = window(share, norm != "linf")

    def cut(a, b):
        top, left = math.floor(a * (ROWS - rows + 1)), math.floor(b * (COLUMNS - columns + 1))
        return slice(top, top + rows), slice(left, left + columns)

    into = cut(u[0], u[1])
    if norm == "linf":
        point = held.copy()
        for c, sign in enumerate(signs(u[2:])):
            point[(c, *into)] = np.clip(x0[(c, *into)] + sign * eps, 0, 1)
        return point
    source, eta = cut(u[2], u[3]), bump(rows, columns, norm, u[4] < 0.5)
    power = 2 if norm == "l2" else 1
    mass = lambda v: (np.abs(v) ** power).sum()
    old = held - x0
    delta, unused = old.copy(), max(0.0, eps**power - mass(old))
    for c, sign in enumerate(signs(u[5:])):
        first, second = (c, *into), (c, *source)
        own = mass(delta[first])
        delta[first] = 0
        taken = mass(delta[second])
        delta[second] = 0
        mixed = sign * eta + (old[first] / size(old[first], norm) if own > 0 else 0)
        delta[first] = mixed * ((own + taken + unused / C) / mass(mixed)) ** (1 / power)
    return on_sphere(delta, x0, eps, norm)


def square(x0, y, norm, eps, image, keep=lambda x: x):
    uniform = lambda words: [(w + 0.5) / 2**32 for w in words]
    count = C * COLUMNS if norm == "linf" else ROWS * COLUMNS * (1 + C)
    first = philox(count, image, 0, 7)
    steps, loss = [], []

    def look(x):
        logits = forward(x)
        top = logits.max()
        loss.append(top + math.log(np.exp(logits - top).sum()) - logits[y])
        margin = np.delete(logits, y).max() - logits[y]
        return margin

    held = keep(start(x0, eps, norm, uniform(first)))
    best = look(held)
    for query in range(1, QUERIES):
        if best > 0:
            break
        words = philox(2 + C if norm == "linf" else 5 + C, image, query, 8)
        steps.append(words)
        point = keep(propose(held, x0, eps, norm, share_at(query), uniform(words)))
        margin = look(point)
        if margin > best:
            held, best = point, margin
    return dict(first=first, steps=steps, loss=loss)


EPSILON = dict(linf=0.05, l2=0.4, l1=2.0)
cases = []
for norm in ("linf", "l2", "l1") * 2:
    while True:
        x0 = f32(np.clip(rng.uniform(-0.1, 1.1, SHAPE), 0, 1))
        y = int(np.argmax(forward(x0)))
        eps, image = EPSILON[norm], len(cases)
        run = square(x0, y, norm, eps, image)
        other = square(x0, y, norm, eps, image, f32)
        # Others keep points in float32: a case in which that decides a branch would compare nothing but luck.
        if len(run["loss"]) > 40 and len(other["loss"]) == len(run["loss"]):
            if np.abs(np.subtract(run["loss"], other["loss"])).max() < 1e-5:
                break
    cases.append(dict(norm=norm, epsilon=eps, image=image, x=x0.ravel().tolist(), label=y, startWords=run["first"],
                      stepWords=run["steps"], loss=np.round(run["loss"], 9).tolist()))

print(json.dumps(dict(
    source="make_square_curves.py, NumPy, float64",
    network=dict(layers="relu(W1 x + b1), then W2 h + b2", W1=W1.tolist(), b1=b1.tolist(), W2=W2.tolist(), b2=b2.tolist()),
    settings=dict(bounds=[0, 1], shape=SHAPE, queries=QUERIES, firstShare=FIRST_SHARE, seed=SEED,
                  loss="cross-entropy at every point looked at, in turn; it ends with the first of another label"),
    order=dict(uniform="(word + 1/2) / 2^32; a sign is -1 below 1/2; an offset is floor(uniform (extent - window + 1))",
               linf="start: a sign per channel and column; step: row, column, a sign per channel",
               l2="start: per tile one for its direction (turned below 1/2), then a sign per channel; step: row and column of the "
                  "window that grows, row and column of the one that gives, direction, a sign per channel",
               l1="as l2"),
    cases=cases)))
