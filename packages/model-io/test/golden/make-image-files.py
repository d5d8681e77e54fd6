"""Makes image-files.json: PNG and JPEG files written by Pillow, in base64, with the pixels that Pillow reads from them."""

import base64
import io
import json
import struct
import sys
import zlib

import numpy as np
import PIL
from PIL import Image, features

W, H = 13, 6
x, y = np.meshgrid(np.arange(W), np.arange(H))
gray = ((x * 19 + y * 41) % 256).astype(np.uint8)
color = np.stack([gray, 255 - gray, (x * y * 3) % 256], axis=-1).astype(np.uint8)
opaque = np.full((H, W, 1), 255, np.uint8)
clear = opaque.copy()
clear[2, 3] = 128
smooth = np.stack([x * 12 + 40, y * 20 + 60, 200 - x * 9], axis=-1).astype(np.uint8)


def saved(image, **options):
    buffer = io.BytesIO()
    image.save(buffer, **options)
    return buffer.getvalue()


def entry(data, mode=None):
    image = Image.open(io.BytesIO(data))
    pixels = np.asarray(image.convert(mode) if mode else image)
    planes = pixels[None] if pixels.ndim == 2 else np.moveaxis(pixels, -1, 0)
    return {"file": base64.b64encode(data).decode(), "shape": list(planes.shape), "pixels": planes.astype(int).ravel().tolist()}


def png(array, mode=None, read=None, **options):
    image = Image.fromarray(array)
    return entry(saved(image.convert(mode) if mode else image, format="PNG", **options), read)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def interlaced(array):
    """Pillow reads Adam7 but does not write it."""
    rows = b""
    for x0, y0, dx, dy in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        part = array[y0::dy, x0::dx]
        if part.size:
            rows += b"".join(b"\0" + row.tobytes() for row in part)
    kind = 2 if array.ndim == 3 else 0
    header = struct.pack(">IIBBBBB", array.shape[1], array.shape[0], 8, kind, 0, 0, 1)
    return entry(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


deep = (gray.astype(np.uint16) * 257) ^ 0x5A5A
palette = Image.fromarray(color).quantize(200)
files = {
    "gray": png(gray),
    "color": png(color),
    "opaque alpha": png(np.concatenate([color, opaque], -1), read="RGB"),
    "gray, opaque alpha": entry(saved(Image.merge("LA", [Image.fromarray(gray), Image.fromarray(opaque[..., 0])]), format="PNG"), "L"),
    "palette": entry(saved(palette, format="PNG"), "RGB"),
    "palette of 4 bits": entry(saved(Image.fromarray(color).quantize(11), format="PNG", bits=4), "RGB"),
    "1 bit": entry(saved(Image.fromarray(gray).convert("1"), format="PNG"), "L"),
    "16 bits": png(deep),
    "interlaced gray": interlaced(gray),
    "interlaced color": interlaced(color),
}
jpegs = {
    "gray": entry(saved(Image.fromarray(smooth[..., 0]), format="JPEG", quality=95)),
    "color": entry(saved(Image.fromarray(smooth), format="JPEG", quality=95, subsampling=0)),
    "color, subsampled, progressive": entry(saved(Image.fromarray(smooth), format="JPEG", quality=90, progressive=True)),
}
refused = {
    "transparent pixels": saved(Image.fromarray(np.concatenate([color, clear], -1)), format="PNG"),
    "transparent color": saved(Image.fromarray(color), format="PNG", transparency=(1, 2, 3)),
    "cmyk": saved(Image.fromarray(color).convert("CMYK"), format="JPEG"),
    "gif": saved(Image.fromarray(gray), format="GIF"),
}
json.dump(
    {
        "about": f"Pillow {PIL.__version__}, libjpeg-turbo {features.version('libjpeg_turbo')}; made by make-image-files.py",
        "png": files,
        "jpeg": jpegs,
        "refused": {name: base64.b64encode(data).decode() for name, data in refused.items()},
    },
    sys.stdout,
)
