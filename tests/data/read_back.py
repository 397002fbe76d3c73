"""Has NumPy, pandas, safetensors, Pillow and json read what Adlib writes.

    v/bin/python tests/data/read_back.py target/debug/adlib

Every value is made by Adlib, saved, read by the other library and compared to the last bit with the
text that Adlib prints of it with all digits. Last run with NumPy 2.4.6, pandas 3.1.1, safetensors 0.8.0
and Pillow 13.0.0: all agree.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd
import safetensors
import safetensors.numpy
from PIL import Image

PROGRAM = """
seed(3)
x = normal(0, 1, (3, 4)) * 10 ** normal(0, 40, (3, 4))
odd = [0, -0, 1.5, inf, -inf, nan, 1 / 3, 5e-324, 1.7976931348623157e308]
f = f32(normal(0, 1, (2, 3, 2)))
flag = [[true, false], [false, true]]
empty = zeros(0, 3)
scalar = 2.5
words = ("a", "größe", "", "\\u{1f427}")
for name, value in zip(("x", "odd", "f", "flag", "empty", "scalar", "words"), (x, odd, f, flag, empty, scalar, words)) {
    save(name + ".npy", value)
}
save("all.npz", x, odd, f, flag, empty, scalar, words)
save("positional.npz", 2 * x, 1 + f)
model = (layers = ((w = x, b = odd), (w = f, b = flag)), scale = scalar)
save("model.safetensors", model)
save("model.npz", model)
table = (area = [12.5, nan, 0.001, -0], city = ("Graz", none, "St. \\"P\\"", "a,b\\nc"), ok = [true, false, true, true])
save("table.csv", table)
save("table.tsv", table)
save("table.csv.gz", table)
save("matrix.csv", x)
save("grey.png", range(20).reshape(4, 5) / 255)
save("color.png", range(60).reshape(4, 5, 3) / 255)
save("alpha.png", range(80).reshape(4, 5, 4) / 255)
save("grey.jpg", linspace(0, 1, 256).reshape(16, 16))
save("tree.json", (x = x, name = "größe\\n\\"", none_ = none, ok = true, flags = flag, deep = ((n = 1), (n = 2))))
save("lines.txt", words)
display(digits = 17, threshold = 1e6)
print(x); print(odd); print(f); print(flag)
"""

adlib = os.path.abspath(sys.argv[1])
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    out = subprocess.run([adlib, "-"], input=PROGRAM, text=True, capture_output=True)
    assert out.returncode == 0, out.stderr
    names = {"inf": np.inf, "nan": np.nan, "true": True, "false": False, "f32": lambda x: np.array(x, "f4")}
    source = out.stdout.replace("]\n[", "]\0[").replace("]\nf32(", "]\0f32(").replace(")\n[", ")\0[")
    x, odd, f, flag = (np.array(eval(part, names)) for part in source.split("\0"))
    # The text of -0 is 0.
    odd[1] = -0.0
    empty, scalar, words = np.zeros((0, 3)), np.array(2.5), ["a", "größe", "", "\U0001f427"]
    count = 0

    def same(found, expected, what):
        global count
        found, expected = np.asarray(found), np.asarray(expected)
        assert found.dtype == expected.dtype and found.shape == expected.shape, (what, found, expected)
        nan = np.isnan(expected) if expected.dtype.kind == "f" else np.zeros(expected.shape, bool)
        assert (np.isnan(found) == nan).all() if expected.dtype.kind == "f" else True, what
        assert found[~nan].tobytes() == expected[~nan].tobytes(), (what, found, expected)
        count += 1

    values = {"x": x, "odd": odd, "f": f, "flag": flag, "empty": empty, "scalar": scalar}
    with np.load("all.npz") as archive:
        assert archive.files == [*values, "words"]
        for name, value in values.items():
            same(np.load(f"{name}.npy"), value, f"{name}.npy")
            same(archive[name], value, f"{name} in npz")
        assert archive["words"].tolist() == words == np.load("words.npy").tolist()
    with np.load("positional.npz") as archive:
        same(archive["arr_0"], 2 * x, "arr_0")
        same(archive["arr_1"], 1 + f, "arr_1")

    model = safetensors.numpy.load_file("model.safetensors")
    expected = {"layers.0.w": x, "layers.0.b": odd, "layers.1.w": f, "layers.1.b": flag, "scale": scalar}
    assert model.keys() == expected.keys()
    for name, value in expected.items():
        same(model[name], value, name)

    with np.load("model.npz") as archive:
        assert set(archive.files) == {*expected, "__adlib__"}
        for name, value in expected.items():
            same(archive[name], value, f"{name} in model.npz")

    for name in ["table.csv", "table.tsv", "table.csv.gz"]:
        frame = pd.read_csv(name, sep="\t" if "tsv" in name else ",")
        same(frame["area"].to_numpy(), np.array([12.5, np.nan, 0.001, -0.0]), name)
        same(frame["ok"].to_numpy(), np.array([True, False, True, True]), name)
        assert frame["city"].isna().tolist() == [False, True, False, False]
        assert frame["city"].dropna().tolist() == ["Graz", 'St. "P"', "a,b\nc"]
    same(pd.read_csv("matrix.csv", header=None).to_numpy(), x, "matrix.csv")

    same(np.asarray(Image.open("grey.png")), np.arange(20, dtype="u1").reshape(4, 5), "grey.png")
    same(np.asarray(Image.open("color.png")), np.arange(60, dtype="u1").reshape(4, 5, 3), "color.png")
    same(np.asarray(Image.open("alpha.png")), np.arange(80, dtype="u1").reshape(4, 5, 4), "alpha.png")
    jpeg = np.asarray(Image.open("grey.jpg")).astype(int)
    assert abs(jpeg - np.arange(256).reshape(16, 16)).max() <= 4, jpeg

    tree = json.load(open("tree.json"))
    same(np.array(tree["x"]), x, "json")
    assert tree["name"] == 'größe\n"' and tree["none_"] is None and tree["ok"] is True
    assert tree["flags"] == flag.tolist() and tree["deep"] == [{"n": 1}, {"n": 2}]
    assert open("lines.txt", encoding="utf-8").read().splitlines() == words
    print(count, "arrays agree")
