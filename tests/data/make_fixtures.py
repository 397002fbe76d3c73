"""Writes files with NumPy, pandas, safetensors and Pillow, and what these libraries read from them.

    python -m venv v && v/bin/pip install numpy==2.4.6 pandas==3.1.1 safetensors==0.8.0 pillow==13.0.0
    v/bin/python tests/data/make_fixtures.py

The files go to `files/made`, what is in them to `expected.txt`: a line for each array, string or
missing value, with the file, the path inside it, the type and shape, and the bits of every element.
`tests/data.rs` reads the files and must find the same.
"""

import gzip
import io
import json
import pathlib
import shutil
import struct

import numpy as np
import pandas as pd
import safetensors
import safetensors.numpy
from PIL import Image

HERE = pathlib.Path(__file__).parent
FILES = HERE / "files" / "made"
shutil.rmtree(FILES, ignore_errors=True)
FILES.mkdir(parents=True)
rng = np.random.default_rng(20)
lines = []


def note(name, value, path=""):
    """One line for each leaf of a value."""
    if isinstance(value, dict):
        for key, item in value.items():
            note(name, item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            note(name, item, f"{path}.{i}" if path else str(i))
    elif value is None:
        lines.append(f"{name}\t{path}\tnone\t")
    elif isinstance(value, str):
        lines.append(f"{name}\t{path}\ttext\t{json.dumps(value)}")
    else:
        array = np.asarray(value)
        if array.dtype.kind == "U":
            return note(name, array.tolist(), path)
        if array.dtype.kind == "c":
            array = np.ascontiguousarray(array).view(array.real.dtype).reshape(array.shape + (2,))
        if array.dtype.kind in "iu":
            array = array.astype("f8")
        if array.dtype.kind == "f" and array.dtype.itemsize == 2:
            array = array.astype("f4")
        array = array.astype(array.dtype.newbyteorder("="))
        kind = {"float64": "f64", "float32": "f32", "bool": "bool"}[array.dtype.name]
        bits = array.astype("u1") if kind == "bool" else np.ascontiguousarray(array).view({"f64": "u8", "f32": "u4"}[kind])
        text = " ".join(format(int(x), "x") for x in bits.ravel())
        lines.append(f"{name}\t{path}\t{kind} [{', '.join(map(str, array.shape))}]\t{text}")


# NPY.


def npy(name, array, version=None):
    path = FILES / f"{name}.npy"
    if version is None:
        np.save(path, array, allow_pickle=False)
    else:
        with open(path, "wb") as file:
            np.lib.format.write_array(file, array, version=version)
    back = np.load(path)
    if back.dtype.names:
        note(path.name, {key: back[key] for key in back.dtype.names})
    elif back.dtype.kind == "U":
        note(path.name, back.tolist())
    elif back.dtype.kind == "S":
        note(path.name, [item.decode() for item in back.tolist()])
    else:
        note(path.name, back)


odd = [0.0, -0.0, 1.5, -2.25, np.inf, -np.inf, np.nan, 1 / 3, 5e-324, 1.7976931348623157e308]
npy("f8", np.array(odd))
npy("f4", np.array([0.0, -0.0, 1.5, np.inf, np.nan, 0.1, 1e-45, 3.4e38], "f4"))
npy("f2", np.array([0.0, -0.0, 1.5, np.inf, -np.inf, np.nan, 6e-8, 6.1e-5, 65504, 1 / 3], "f2"))
npy("b1", np.array([[True, False], [False, True]]))
for code, low, high in [("i1", -128, 127), ("i2", -32768, 32767), ("i4", -(2**31), 2**31 - 1), ("i8", -(2**53), 2**53)]:
    npy(code, np.array([low, -1, 0, 1, high], code))
for code, high in [("u1", 255), ("u2", 65535), ("u4", 2**32 - 1), ("u8", 2**53)]:
    npy(code, np.array([0, 1, high], code))
npy("i8-rounded", np.array([2**53 + 1, -(2**63), 2**63 - 1], "i8"))
for code in [">f8", ">f4", ">f2", ">i4", ">u2", ">i8", ">c16"]:
    npy(f"big-{code[1:]}", np.array([[1.5, -2, 3], [100, 0, -7]]).astype(code) if code != ">u2" else np.array([1, 256, 65535], code))
npy("c8", np.array([1 + 2j, -0.5j], "c8"))
npy("c16", rng.normal(size=(2, 3)) + 1j * rng.normal(size=(2, 3)))
npy("fortran-2d", np.asfortranarray(rng.normal(size=(3, 4))))
npy("fortran-3d", np.asfortranarray(rng.normal(size=(2, 3, 4)).astype("f4")))
npy("fortran-big", np.asfortranarray(rng.normal(size=(3, 2)).astype(">f8")))
npy("scalar", np.array(2.5))
npy("scalar-bool", np.array(True))
npy("empty", np.zeros((0, 3)))
npy("rank-6", rng.normal(size=(1, 2, 1, 2, 1, 2)))
npy("strided", np.arange(24.0).reshape(4, 6)[::2, ::3])
npy("version-2", np.arange(4.0), (2, 0))
npy("version-3", np.array([(1.0, 2)], [("größe", "<f8"), ("n", "<i4")]), (3, 0))
npy("text", np.array(["a", "größe", "", "x" * 9, "\U0001f427"]))
npy("text-2d", np.array([["a", "b"], ["c", "d"]]))
npy("text-scalar", np.array("one"))
npy("text-big", np.array(["ab", "c"], ">U2"))
npy("text-bytes", np.array([b"abc", b"d"]))
npy("records", np.array([(1, 2.5, True, "x"), (3, -1, False, "yz")], [("i", "<i4"), ("f", ">f8"), ("b", "?"), ("t", "<U2")]))
npy("records-padded", np.array([(1, 2.5), (3, -1)], np.dtype([("i", "<i1"), ("f", "<f8")], align=True)))

# NPZ.


def npz(name, save, *arrays, **named):
    path = FILES / f"{name}.npz"
    save(path, *arrays, **named)
    with np.load(path) as back:
        value = {key: back[key].tolist() if back[key].dtype.kind == "U" else back[key] for key in back.files}
    note(path.name, list(value.values()) if arrays else value)


w, b = rng.normal(size=(4, 3)), np.zeros(3, "f4")
npz("named", np.savez, w=w, b=b, n=np.arange(3))
npz("positional", np.savez, w, b)
npz("compressed", np.savez_compressed, w=w, zeros=np.zeros((20, 20)))
npz("mixed", np.savez_compressed, x=np.asfortranarray(w), names=np.array(["a", "bc"]), flag=np.array(True))
npz("one", np.savez, x=np.eye(2))

# Safetensors.


def weights(name, tensors, metadata=None):
    path = FILES / f"{name}.safetensors"
    safetensors.numpy.save_file(tensors, path, metadata=metadata)
    note(path.name, safetensors.numpy.load_file(path))


weights("f8", {"w": rng.normal(size=(2, 3))})
weights("f4", {"w": rng.normal(size=(2, 3)).astype("f4"), "b": np.zeros(3, "f4")})
weights("f2", {"w": np.array([1.5, np.inf, 6e-8], "f2")})
weights("whole", {"i": np.array([[-1, 2**40]]), "u": np.array([255], "u1"), "s": np.array([-3], "i2"), "l": np.array(7, "u4")})
weights("bool", {"mask": np.array([True, False])})
weights("scalar-and-empty", {"s": np.array(2.5), "e": np.zeros((0, 4))})
weights("metadata", {"x": np.ones(2)}, {"format": "pt", "adlib": "not ours"})
weights("nested", {"conv.weight": w, "conv.bias": b, "layers.0.w": w, "layers.1.w": w + 1, "layers.2.w": w + 2})
weights("clash", {"a": b, "a.b": b + 1})
weights("many", {f"blocks.{i}.k": np.full(2, i, "f4") for i in range(12)})
bits = np.array([0x3F80, 0xC000, 0x7F80, 0x0001], "u2")
spec = safetensors.TensorSpec(dtype="bfloat16", shape=[4], data_ptr=bits.ctypes.data, data_len=8)
(FILES / "bf16.safetensors").write_bytes(safetensors.serialize({"w": spec}))
note("bf16.safetensors", {"w": (bits.astype("u4") << 16).view("f4")})

# Tables.


def column(series):
    if series.dtype.kind in "fiu":
        return series.to_numpy("f8")
    if series.dtype.kind == "b":
        return series.to_numpy()
    return [None if pd.isna(item) else str(item) for item in series]


def table(name, text, header=True, **options):
    path = FILES / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    frame = pd.read_csv(
        path, float_precision="round_trip", header=0 if header else None, keep_default_na=True, **options
    )
    if header:
        note(name, {str(key) if not str(key).startswith("Unnamed") else str(i): column(frame[key]) for i, key in enumerate(frame)})
    else:
        note(name, frame.to_numpy("f8"))


frame = pd.DataFrame(
    {
        "area": [12.5, 7, np.nan, 1e-3, -0.0],
        "city": ["Graz", "Linz", "St. Pölten", None, 'a "b"'],
        "rooms": [3, 1, 2, 4, 5],
        "sold": [True, False, True, True, False],
    }
)
table("frame.csv", frame.to_csv(index=False))
table("indexed.csv", frame.to_csv())
table("frame.tsv", frame.to_csv(index=False, sep="\t"), sep="\t")
table("semicolon.csv", frame.to_csv(index=False, sep=";"), sep=";")
table("pipe.csv", frame.to_csv(index=False, sep="|"), sep="|")
table("decimal-comma.csv", frame.to_csv(index=False, sep=";", decimal=","), sep=";", decimal=",")
table("windows.csv", frame.to_csv(index=False, lineterminator="\r\n"))
table("mark.csv", "\ufeff" + frame.to_csv(index=False), encoding="utf-8-sig")
table("packed.csv.gz", gzip.compress(frame.to_csv(index=False).encode(), mtime=0))
table("quoted.csv", frame.to_csv(index=False, quoting=1))
table("newlines.csv", pd.DataFrame({"text": ["a\nb", "c,d", '"'], "n": [1, 2, 3]}).to_csv(index=False))
table("missing.csv", "a,b,c\n1,NA,x\n,2,NaN\n3,null,\n")
table("all-missing.csv", "a,b\n1,\n2,\n")
table("one-column.csv", pd.DataFrame({"a": [1.0, np.nan, 3]}).to_csv(index=False))
table("exact.csv", pd.DataFrame(rng.normal(size=(50, 3)) * 10.0 ** rng.integers(-300, 300, (50, 3)), columns=list("xyz")).to_csv(index=False))
table("matrix.csv", pd.DataFrame(rng.normal(size=(6, 4))).to_csv(index=False, header=False), header=False)
table("vector.csv", "1\n2\n\n3\n", header=False)
table("numbers.csv", "a,b\n 1 , 2.5\n+3,.5\n4.,1E3\ninf,-inf\n")

# Pictures.


def picture(name, image, mode=None):
    path = FILES / name
    # Decoders agree on everything but how to enlarge colours that were stored at half the size.
    image.save(path, **({"subsampling": 0, "quality": 95} if name.endswith("jpg") else {}))
    with Image.open(path) as back:
        back = back.convert(mode) if mode else back
        pixels = np.asarray(back)
    if name.endswith("png"):
        note(name, pixels / (65535 if pixels.dtype.itemsize > 1 else 255))
    else:
        # Decoders may differ in the last bit: the test allows two steps.
        note(name, pixels / 255)


def noise(*shape):
    return rng.integers(0, 256, shape, "u1")


picture("grey.png", Image.fromarray(noise(5, 7)))
picture("grey-alpha.png", Image.fromarray(noise(5, 7, 2), "LA"))
picture("color.png", Image.fromarray(noise(5, 7, 3)))
picture("color-alpha.png", Image.fromarray(noise(5, 7, 4)))
picture("palette.png", Image.fromarray(noise(8, 8, 3)).quantize(16), "RGB")
picture("bits.png", Image.fromarray(noise(9, 9)).convert("1"), "L")
picture("deep.png", Image.fromarray(rng.integers(0, 65536, (4, 5), "u2")))
picture("dot.png", Image.fromarray(noise(1, 1)))
smooth = np.clip(np.add.outer(np.arange(16) * 6, np.arange(24) * 5), 0, 255).astype("u1")
picture("grey.jpg", Image.fromarray(smooth))
picture("color.jpg", Image.fromarray(np.stack([smooth, smooth[::-1], 255 - smooth], 2)))

# JSON.


def tree(name, text):
    (FILES / name).write_text(text)

    def read(item):
        if isinstance(item, dict):
            return {key: read(value) for key, value in item.items()}
        if isinstance(item, list):
            try:
                array = np.array([np.nan if x is None else x for x in item] if any(type(x) in (int, float) for x in item) else item)
            except ValueError:
                array = None
            flat = np.array(item, object).ravel()
            plain = array is not None and array.dtype.kind in "fi" and not any(isinstance(x, bool) for x in flat)
            if array is not None and (plain or array.dtype.kind == "b"):
                return array
            return [read(value) for value in item]
        return float(item) if type(item) in (int, float) else item

    note(name, read(json.loads(text)))


tree("numbers.json", json.dumps((rng.normal(size=40) * 10.0 ** rng.integers(-300, 300, 40)).tolist()))
tree("nested.json", json.dumps({"w": [[1, 2], [3, 4.5]], "b": 0.1, "name": "größe\n\"", "none": None, "ok": True, "deep": {"x": [1, "a"], "y": []}}))
tree("indented.json", json.dumps({"lr": 1e-3, "layers": [{"n": 3}, {"n": 4}], "flags": [True, False]}, indent=2))
tree("missing.json", "[1, null, 3]")
tree("missing-first.json", "[null, 2.5]")
tree("ragged.json", "[[1, 2], [3]]")
tree("escapes.json", r'{"\u00e9": "\ud83d\udc27\u0001\/"}')

# Text.
for name, text in [("lines.txt", "one\ntwo\n\nfour"), ("lines-windows.txt", "a\r\nb\r\n"), ("mark.txt", "\ufeffx\n")]:
    (FILES / name).write_bytes(text.encode())
    note(name, io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8-sig").read().splitlines())

# IDX.


def idx(name, code, array):
    data = struct.pack(">BBBB", 0, 0, code, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    data += array.astype(array.dtype.newbyteorder(">")).tobytes()
    (FILES / name).write_bytes(gzip.compress(data, mtime=0) if name.endswith("gz") else data)
    note(name, array)


idx("t10k-images-idx3-ubyte", 8, noise(3, 4, 4))
idx("t10k-labels-idx1-ubyte.gz", 8, noise(3))
idx("signed.idx", 9, np.array([-128, 127], "i1"))
idx("short.idx", 11, np.array([[-300, 300]], "i2"))
idx("int.idx", 12, np.array([-70000, 70000], "i4"))
idx("single.idx", 13, np.array([1.5, np.inf], "f4"))
idx("double.idx", 14, rng.normal(size=(2, 2)))

(HERE / "expected.txt").write_text("\n".join(lines) + "\n")
print(len(list(FILES.iterdir())), "files,", len(lines), "lines,", sum(f.stat().st_size for f in FILES.iterdir()), "bytes")
