#!/usr/bin/env python3
"""Writes curves.json: inputs, settings and the loss at every step of four attacks, for any language to compare with.

An implementation of its own, in NumPy and float64, from the papers: Kurakin et al. 2017 (bim), Dong et al. 2018 (mi-fgsm),
Croce and Hein 2020, Algorithm 1 (apgd, from a given start). Nothing stops early; every attack runs its full number of steps.
Run: python3 make_curves.py > curves.json
"""
import json
import math
import numpy as np

rng = np.random.default_rng(7)
D, H, K = 6, 8, 4
f32 = lambda a: np.float32(a).astype(float)
W1, b1 = f32(rng.normal(size=(H, D)) * 0.8), f32(rng.normal(size=H) * 0.3)
W2, b2 = f32(rng.normal(size=(K, H)) * 1.5), f32(rng.normal(size=K) * 0.1)


def forward(x):
    z = W1 @ x + b1
    return z, W2 @ np.maximum(z, 0) + b2


def loss_gradient(x, y):
    z, logits = forward(x)
    p = np.exp(logits - logits.max())
    p /= p.sum()
    p[y] -= 1
    top = logits.max()
    loss = top + math.log(np.exp(logits - top).sum()) - logits[y]
    return loss, W1.T @ ((W2.T @ p) * (z > 0))


def project(x, x0, norm, eps):
    x = np.clip(x, 0, 1)
    if norm == "linf":
        return np.clip(x, x0 - eps, x0 + eps)
    length = np.linalg.norm(x - x0)
    return x if length <= eps else x0 + (x - x0) * eps / length


def direction(g, norm):
    return np.sign(g) if norm == "linf" else g / np.linalg.norm(g)


def bim(x0, y, norm, eps, steps, relative):
    x, curve = x0.copy(), []
    for _ in range(steps):
        loss, g = loss_gradient(x, y)
        curve.append(loss)
        x = project(x + relative * eps * direction(g, norm), x0, norm, eps)
    return curve + [loss_gradient(x, y)[0]]


def mi_fgsm(x0, y, norm, eps, steps, relative, momentum):
    x, curve, m = x0.copy(), [], np.zeros(D)
    for _ in range(steps):
        loss, g = loss_gradient(x, y)
        curve.append(loss)
        m = momentum * m + g / np.abs(g).sum()
        x = project(x + relative * eps * direction(m, norm), x0, norm, eps)
    return curve + [loss_gradient(x, y)[0]]


def checkpoints(n):
    p, out = [0, 22], []
    while p[-1] <= 100:
        out.append(-(-p[-1] * n // 100))
        p.append(p[-1] + max(p[-1] - p[-2] - 3, 6))
    return set(out)


def apgd(x0, y, norm, eps, n, start):
    looks, x, before, eta = checkpoints(n), start.copy(), start.copy(), 2 * eps
    loss, g = loss_gradient(x, y)
    curve, best, rises, last = [loss], (loss, x.copy(), g), 0, (0, eta, loss)
    for k in range(1, n + 1):
        z = project(x + eta * direction(g, norm), x0, norm, eps)
        a = 1 if k == 1 else 0.75
        ahead = project(x + a * (z - x) + (1 - a) * (x - before), x0, norm, eps)
        before, x = x, ahead
        previous, (loss, g) = loss, loss_gradient(x, y)
        curve.append(loss)
        rises += loss > previous
        if loss > best[0]:
            best = (loss, x.copy(), g)
        if k in looks:
            few = rises < 0.75 * (k - last[0])
            stuck = last[1] == eta and last[2] == best[0]
            last, rises = (k, eta, best[0]), 0
            if few or stuck:
                eta /= 2
                loss, x, g = best[0], best[1].copy(), best[2]
    return curve


cases = []
while len(cases) < 12:
    x0 = f32(np.clip(rng.uniform(-0.1, 1.1, D), 0, 1))
    y = int(np.argmax(forward(x0)[1]))
    norm = ["linf", "l2"][len(cases) % 2]
    eps = {"linf": 0.12, "l2": 0.25}[norm]
    start = f32(project(x0 + rng.uniform(-eps, eps, D) * 0.4, x0, norm, eps))
    curves = {
        "bim": bim(x0, y, norm, eps, 8, 0.3),
        "mi-fgsm": mi_fgsm(x0, y, norm, eps, 8, 0.3, 0.9),
        "apgd": apgd(x0, y, norm, eps, 30, start),
    }
    # p_y > 1/2 all the way, so that no search that stops at a success stops early; and bends that momentum shows in.
    other = mi_fgsm(x0, y, norm, eps, 8, 0.3, 0.5)
    bends = max(abs(a - b) for a, b in zip(other, curves["mi-fgsm"]))
    if max(max(c) for c in curves.values()) >= math.log(2) or (len(cases) < 6 and bends < 0.003):
        continue
    cases.append(dict(x=x0.tolist(), label=y, norm=norm, epsilon=eps, start=start.tolist(), curves=curves))

print(json.dumps(dict(
    source="make_curves.py, NumPy, float64",
    network=dict(layers="relu(W1 x + b1), then W2 h + b2", W1=W1.tolist(), b1=b1.tolist(), W2=W2.tolist(), b2=b2.tolist()),
    settings=dict(loss="cross-entropy", bounds=[0, 1], bim=dict(steps=8, relativeStep=0.3),
                  miFgsm=dict(steps=8, relativeStep=0.3, momentum=0.9), apgd=dict(iterations=30)),
    cases=cases), indent=1))
