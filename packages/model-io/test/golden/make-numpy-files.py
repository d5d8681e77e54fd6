"""Makes numpy-files.json: files written by NumPy, gzip and struct, in base64, with the values that they hold."""

import base64
import gzip
import io
import json
import struct
import sys

import numpy as np


def text(data):
    return base64.b64encode(data).decode()


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return text(buffer.getvalue())


def npz(save, **arrays):
    buffer = io.BytesIO()
    save(buffer, **arrays)
    return text(buffer.getvalue())


base = np.array([[0, 1, 2], [3, 100, 127]])
arrays = {code: base.astype(code) for code in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?"]}
arrays |= {code: base.astype(code) for code in [">f2", ">f4", ">f8", ">i4", ">i8"]}
arrays["half"] = np.array([1 / 3, -65504, 6e-8, np.inf], "f2")
arrays["negative"] = np.array([-1, -128], "i1")
arrays["scalar"] = np.array(2.5)
arrays["vector"] = np.array([1.5], "f4")
arrays["empty"] = np.zeros((0, 3), "f4")
arrays["fortran"] = np.asfortranarray(np.arange(24, dtype="f4").reshape(2, 3, 4))
arrays["fortran >i2"] = np.asfortranarray(np.arange(6, dtype=">i2").reshape(3, 2))

images = np.arange(12, dtype="u1").reshape(2, 1, 2, 3) * 23
labels = np.array([7, 2])
idx_images = struct.pack(">4B3I", 0, 0, 8, 3, 2, 2, 3) + images.tobytes()
idx_labels = struct.pack(">4BI", 0, 0, 8, 1, 2) + labels.astype("u1").tobytes()

golden = {
    "about": f"NumPy {np.__version__}, Python {sys.version.split()[0]}; made by make-numpy-files.py",
    "npy": {
        name: {"file": npy(array), "shape": array.shape, "values": [str(float(v)) for v in array.ravel()]}
        for name, array in arrays.items()
    },
    "npz": {
        "stored": npz(np.savez, x=images, y=labels),
        "deflated": npz(np.savez_compressed, images=images.astype("f8") / 255, labels=labels.astype("u1")),
        "nan": npz(np.savez, x=np.array([[np.nan]]), y=np.array([0])),
        "counts": npz(np.savez, x=images, y=np.array([0])),
    },
    "idx": {"images": text(idx_images), "labels": text(idx_labels), "gz": text(gzip.compress(idx_images, mtime=0))},
    "images": {
        "bytes": images.ravel().tolist(),
        "scaled": [float(v) for v in (images.astype("f8") / 255).astype("f4").ravel()],
        "labels": labels.tolist(),
    },
}
json.dump(golden, sys.stdout, indent=1)
