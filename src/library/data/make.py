"""Makes the data sets that the binary holds, from the packages that publish them.

    python -m venv v && v/bin/pip install numpy scikit-learn==1.9.1 palmerpenguins==0.1.6
    v/bin/python make.py

Every set is a file that `load` could read itself, compressed: `src/data/sets.rs` reads them with the
same readers. CREDITS.md says where they come from and under what licence.
"""

import csv
import gzip
import io
import pathlib

import numpy as np
import palmerpenguins
import sklearn.datasets

HERE = pathlib.Path(__file__).parent


def keep(name, data):
    # No time and no name inside: the same data gives the same bytes.
    packed = gzip.compress(data, compresslevel=9, mtime=0)
    (HERE / name).write_bytes(packed)
    print(f"{name}: {len(data)} bytes, {len(packed)} compressed")


def array(x):
    out = io.BytesIO()
    np.save(out, x)
    return out.getvalue()


def table(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


iris = sklearn.datasets.load_iris()
header = ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"]
keep("iris.csv.gz", table([header] + [[*map(repr, map(float, x)), y] for x, y in zip(iris.data, iris.target)]))

digits = sklearn.datasets.load_digits()
assert digits.data.max() == 16 and digits.data.min() == 0
keep("digits.npy.gz", array(np.column_stack([digits.data, digits.target]).astype("u1")))

source = pathlib.Path(palmerpenguins.__file__).parent / "data" / "penguins.csv"
keep("penguins.csv.gz", source.read_bytes())
