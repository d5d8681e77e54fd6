# Makes keras-files.json: small models of many layers, saved by Keras in all its ways, and what Keras computes for them.
#   pip install keras==3.15.1 jax h5py && KERAS_BACKEND=jax python make-keras-files.py
import base64
import gzip
import json
import os
import tempfile

os.environ["KERAS_BACKEND"] = "jax"
import h5py
import keras
import numpy as np
from keras import layers as L


def randomize(model):
    """Weights that are nowhere zero; variances stay positive."""
    rng = np.random.default_rng(7)

    def values(variable, weight):
        draws = rng.normal(size=weight.shape)
        is_variance = "var" in variable.path.split("/")[-1]
        return (np.abs(draws) * 0.5 + 0.5 if is_variance else draws * 0.4).astype("float32")

    model.set_weights([values(v, w) for v, w in zip(model.weights, model.get_weights())])


def convs():
    image = keras.Input((9, 8, 3), name="image")
    a = L.Conv2D(4, 3, strides=2, padding="same", activation="relu")(image)
    a = L.BatchNormalization()(a)
    b = L.SeparableConv2D(4, 3, padding="same", depth_multiplier=2)(a)
    b = L.LeakyReLU(negative_slope=0.2)(b)
    c = L.DepthwiseConv2D(3, padding="same", use_bias=False)(a)
    c = L.ReLU(max_value=6.0)(c)
    e = L.Maximum()([L.Add()([b, c]), a])
    e = L.Conv2DTranspose(3, 3, strides=2, padding="same")(e)
    e = L.PReLU(shared_axes=[1, 2])(e)
    e = L.UpSampling2D(2)(e)
    e = L.Cropping2D(((1, 2), (3, 0)))(e)
    e = L.ZeroPadding2D(((0, 1), (2, 0)))(e)
    e = L.AveragePooling2D(3, strides=2, padding="same")(e)
    e = L.MaxPooling2D(2, padding="same")(e)
    e = L.Concatenate()([e, L.Conv2D(2, 1)(e)])
    y = L.Concatenate()([L.Flatten()(e), L.GlobalAveragePooling2D()(e), L.GlobalMaxPooling2D()(e)])
    y = L.Dropout(0.3)(y)
    y = L.Dense(6, activation="relu6")(y)
    return keras.Model(image, L.Dense(5, activation="softmax")(y))


def reorder():
    table = keras.Input((4, 6), name="table")
    a = L.Permute((2, 1))(table)
    a = L.Reshape((3, 2, 4))(a)
    a = L.Conv2D(3, (2, 1), activation="elu")(a)
    a = L.Reshape((-1, 3))(a)
    a = L.Conv1D(4, 2, padding="same")(a)
    a = L.MaxPooling1D(2)(a)
    a = L.Dense(3, activation="hard_sigmoid")(a)
    b = L.GlobalAveragePooling1D()(a)
    c = L.Flatten()(a)
    b = L.Subtract()([L.Dense(4)(b), L.Dense(4)(c)])
    b = L.Average()([b, L.Dense(4, activation="silu")(c)])
    b = L.GaussianNoise(0.1)(b)
    return keras.Model(table, L.Activation("log_softmax")(b))


def nested():
    block = keras.Sequential(
        [keras.Input((5,)), L.Dense(4, activation="relu"), L.BatchNormalization(), L.Dense(3)],
        name="block",
    )
    x = keras.Input((5,))
    shared = L.Dense(5, name="shared")
    return keras.Model(x, [block(shared(shared(x))), L.Minimum()([shared(x), x])])


def packed(path):
    with open(path, "rb") as file:
        return base64.b64encode(gzip.compress(file.read(), 9, mtime=0)).decode()


def written(name, model, shape, folder):
    path = os.path.join(folder, name)
    model.save(f"{path}.keras")
    model.save(f"{path}.h5")
    model.save_weights(f"{path}.weights.h5")
    with open(f"{path}.json", "w") as file:
        file.write(model.to_json())
    size = int(np.prod(shape))
    x = (0.5 + 0.5 * np.sin(0.7 * np.arange(size))).astype("float32").reshape(shape)
    made = model(x)
    outputs = made if isinstance(made, (list, tuple)) else [made]
    expected = {
        "shape": shape,
        "outputs": [
            {"shape": list(y.shape), "data": [float(v) for v in np.asarray(y).ravel()]} for y in outputs
        ],
    }
    files = {kind: packed(f"{path}.{kind}") for kind in ["keras", "h5", "json", "weights.h5"]}
    return {**files, "expected": expected}


result = {}
with tempfile.TemporaryDirectory() as folder:
    for make, shape in [(convs, (2, 9, 8, 3)), (reorder, (2, 4, 6)), (nested, (2, 5))]:
        keras.utils.clear_session()
        model = make()
        randomize(model)
        result[make.__name__] = written(make.__name__, model, shape, folder)
header = f"make-keras-files.py with Keras {keras.__version__} on JAX, h5py {h5py.__version__}"
with open(os.path.join(os.path.dirname(__file__), "keras-files.json"), "w") as file:
    json.dump({"madeBy": f"{header}; files gzipped, then base64", "models": result}, file, indent=1)
