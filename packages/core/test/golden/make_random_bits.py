"""Golden random bits for packages/core, from code that shares nothing with it.

    python3 make_random_bits.py > random-bits.json        (needs numpy and mpmath)

Philox4x32-10 in Python integers; Box-Muller in numpy float32 (one rounding per operation); the grid sampler by
binary search of an exact 64-bit uniform in floor(2^64 Phi((2j+1) width / (510 sigma))), Phi by mpmath at 60 digits.
"""

import hashlib
import json
import sys

import mpmath
import numpy as np

MASK = 0xFFFFFFFF
PURPOSES = {"selection": 1, "estimation": 2, "attack": 3, "anchor": 4, "calibration": 5, "stevens": 6}


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & MASK, (p0 >> 32) ^ c[3] ^ k[1], p0 & MASK]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return c


def words(stream, count, top=0):
    key = (stream["seed"] & MASK, stream["seed"] >> 32)
    last = (top << 31) | (stream.get("lane", 0) << 8) | PURPOSES[stream["purpose"]]
    out = []
    for block in range((count + 3) // 4):
        out += philox((block, stream["draw"], stream["image"], last), key)
    return out[:count]


def normals(stream, count):
    f = np.float32
    w = np.array(words(stream, (count + 3) // 4 * 4), dtype=np.uint64).reshape(-1, 2)
    u = ((w[:, 0].astype(np.float64) + 0.5) * 2.0**-32).astype(f)
    mantissa, exponent = np.frexp(u)  # u = mantissa 2^exponent, mantissa in [1/2, 1)
    low = mantissa < f(np.sqrt(0.5))
    mantissa = np.where(low, mantissa + mantissa, mantissa)
    exponent = np.where(low, exponent - 1, exponent).astype(f)
    t = mantissa - f(1)
    log_coefficients = [7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1,
                        -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1]
    p = np.full_like(t, f(log_coefficients[0]))
    for coefficient in log_coefficients[1:]:
        p = p * t + f(coefficient)
    square = t * t
    y = (p * t) * square
    y = y + exponent * f(-2.1219444e-4)
    y = y - f(0.5) * square
    log_u = (t + y) + exponent * f(0.693359375)
    radius = np.sqrt(f(-2) * log_u)
    octant = (w[:, 1] >> np.uint64(29)).astype(np.int64)
    quadrant = (octant + 1) // 2
    turn = (((w[:, 1] >> np.uint64(8)).astype(np.int64) - quadrant * 2**22) * 2.0**-24).astype(f)
    a = turn * f(6.2831855)
    a2 = a * a
    s = np.full_like(a, f(-1.9515295891e-4))
    for coefficient in [8.3321608736e-3, -1.6666654611e-1]:
        s = s * a2 + f(coefficient)
    sin = a + (s * a2) * a
    c = np.full_like(a, f(2.443315711809948e-5))
    for coefficient in [-1.388731625493765e-3, 4.166664568298827e-2]:
        c = c * a2 + f(coefficient)
    cos = (f(1) - f(0.5) * a2) + c * (a2 * a2)
    q = quadrant & 3
    x = np.choose(q, [cos, -sin, -cos, sin])
    z = np.choose(q, [sin, cos, -sin, -cos])
    out = np.stack([radius * x, radius * z], axis=1).astype(f)
    assert all(v.dtype == f for v in (u, t, p, y, log_u, radius, a, sin, cos))
    return out.reshape(-1)[:count]


def cuts(sigma, width):
    mpmath.mp.dps = 60
    s, w = mpmath.mpf(sigma), mpmath.mpf(width)
    limit = int(mpmath.ceil(10 * 255 * s / w + 1))
    return limit, [int(mpmath.floor(2**64 * mpmath.ncdf((2 * j + 1) * w / (510 * s)))) for j in range(-limit, limit)]


def grid(stream, sigma, width, count):
    limit, table = cuts(sigma, width)
    # Two words make one exact 64-bit uniform; J <= j iff it is below the cut.
    table = np.array([min(c, 2**64 - 1) for c in table], dtype=np.uint64)
    upper = np.array(words(stream, count), dtype=np.uint64)
    lower = np.array(words(stream, count, top=1), dtype=np.uint64)
    u = (upper << np.uint64(32)) | lower
    return np.searchsorted(table, u, side="right").astype(np.int64) - limit


def sha256(array):
    return hashlib.sha256(array.tobytes()).hexdigest()


def main():
    base = {"seed": 0, "purpose": "estimation", "image": 0, "draw": 0}
    streams = [
        base,
        {"seed": 0, "purpose": "selection", "image": 7, "draw": 99999},
        {"seed": 2**53 - 1, "purpose": "attack", "image": 2**32 - 1, "draw": 2**32 - 1, "lane": 2**23 - 1},
        {"seed": 20231105, "purpose": "stevens", "image": 4294967, "draw": 1, "lane": 3},
    ]
    count = 40_000
    result = {
        "source": "packages/core/test/golden/make_random_bits.py",
        "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "mpmath": mpmath.__version__},
        "note": "words and float32 bits as hex; sha256 over little-endian uint32, float32 and int16",
        "count": count,
        "words": [{"stream": s, "first": [f"{w:08x}" for w in words(s, 10)],
                   "sha256": sha256(np.array(words(s, count), dtype="<u4"))} for s in streams],
        "normals": [{"stream": s, "first": [f"{b:08x}" for b in normals(s, 10).view("<u4")],
                     "sha256": sha256(normals(s, count).astype("<f4"))} for s in streams],
        "grid": [],
        "cuts": [],
    }
    for stream, sigma, width in [(streams[0], "0.25", "1"), (streams[1], "0.12", "1"), (streams[3], "1", "2"),
                                 (streams[0], "3", "1"), (streams[1], "0.001", "1")]:
        values = grid(stream, sigma, width, count)
        result["grid"].append({"stream": stream, "sigma": float(sigma), "width": float(width),
                               "first": values[:20].tolist(), "sha256": sha256(values.astype("<i2"))})
    for sigma, width in [("0.00004", "1"), ("0.0003", "1"), ("0.001", "1"), ("0.1", "0.7"), ("0.25", "2"), ("9.9", "1")]:
        limit, table = cuts(sigma, width)
        picked = sorted({-1, 0, 1, 2, 3, limit // 9, limit // 3, -limit // 5})
        result["cuts"].append({"sigma": float(sigma), "width": float(width),
                               "rows": [{"j": j, "floor2p64": str(table[limit + j])} for j in picked if -limit <= j < limit]})
    json.dump(result, sys.stdout, indent=1)
    print()


main()
