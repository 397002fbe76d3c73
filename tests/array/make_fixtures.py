"""Writes fixtures.txt: what NumPy gives for the operations of the array layer.

Run it with NumPy 2 after changing it: python make_fixtures.py > fixtures.txt

A line is `operation | parameters | operand | ... => type shape values`. An operand is
`type shape seed`: element i is ((7919 i + 13 seed) mod 101 - 50) / 8, exact in both precisions, and a
truth value where that is positive. From seed 100 on it is ((7919 i + i^3 + seed) mod 1009 - 504) / 64,
which makes matrices of full rank. Shapes are `2,3`, `-` for rank 0. An error is `=> error`.
"""

import itertools
import warnings

import numpy as np

warnings.simplefilter("ignore")
TYPES = {"f64": np.float64, "f32": np.float32, "bool": np.bool_}


def shape_text(shape):
    return ",".join(map(str, shape)) or "-"


def make(kind, shape, seed):
    n = int(np.prod(shape, dtype=np.int64))
    i = np.arange(n)
    x = ((7919 * i + 13 * seed) % 101 - 50) / 8 if seed < 100 else ((7919 * i + i**3 + seed) % 1009 - 504) / 64
    x = x > 0 if kind == "bool" else x.astype(TYPES[kind])
    return x.reshape(shape)


def operand(kind, shape, seed):
    return f"{kind} {shape_text(shape)} {seed}"


def text(value):
    value = np.asarray(value)
    kind = {"float64": "f64", "float32": "f32", "bool": "bool"}.get(str(value.dtype), "f64")
    numbers = " ".join(repr(float(v)).removesuffix(".0") for v in value.ravel())
    return f"{kind} {shape_text(value.shape)} {numbers}".strip()


def line(operation, parameters, specs, function):
    arrays = [make(*spec) for spec in specs]
    try:
        result = text(function(*arrays))
    except (ValueError, IndexError, np.linalg.LinAlgError, TypeError):
        result = "error"
    print(" | ".join([operation, parameters, *(operand(*spec) for spec in specs)]), "=>", result)


def reductions():
    shapes = [(), (5,), (2, 3), (3, 1, 4), (2, 3, 2, 2), (0,), (2, 0, 3), (1, 1)]
    for shape in shapes:
        combinations = [None]
        for k in range(len(shape) + 1):
            combinations += list(itertools.combinations(range(len(shape)), k))
        for axes in combinations:
            for keep in (False, True):
                for kind in TYPES if not keep else ["f64"]:
                    for name in ("sum", "prod", "max", "min", "any", "all", "mean"):
                        if axes == () and name in ("max", "min") and 0 in shape:
                            continue
                        def f(x, name=name):
                            if kind == "bool" and name in ("sum", "prod"):
                                x = x.astype(float)
                            if kind == "f32" and name in ("sum", "prod", "mean"):
                                return getattr(np, name)(x.astype(float), axis=axes, keepdims=keep).astype(np.float32)
                            return getattr(np, name)(x, axis=axes, keepdims=keep)
                        listed = "all" if axes is None else shape_text(axes)
                        line(name, f"{listed} {keep}", [(kind, shape, 3)], f)
        for axis in [None, *range(len(shape))]:
            for name in ("argmax", "argmin"):
                for kind in ("f64", "bool"):
                    line(name, "all" if axis is None else str(axis), [(kind, shape, 5)],
                         lambda x, name=name: getattr(np, name)(x, axis=axis))


def item_text(item):
    if item is None:
        return "new"
    if item is Ellipsis:
        return "dots"
    if isinstance(item, slice):
        return "slice " + " ".join("_" if v is None else str(v) for v in (item.start, item.stop, item.step))
    if isinstance(item, np.ndarray):
        name = "mask" if item.dtype == bool else "list"
        return f"{name} {shape_text(item.shape)} " + " ".join(str(int(v)) for v in item.ravel())
    return f"at {item}"


def indexing():
    s = slice
    l = lambda *v: np.array(v)
    m = lambda shape, seed: make("bool", shape, seed)
    cases = [
        ((7,), [(0,), (-1,), (7,), (-8,), (s(1, 5),), (s(None, None, -1),), (s(5, 1, -2),), (s(-100, 100, 3),),
                (s(3, 3),), (s(5, 2),), (s(None, None, 100),), (s(100, None, -1),), (s(-100, None, -1),), (...,),
                (None,), (None, s(2), None), (l(3, 3, -1),), (l(7),), (np.array([[0, 1], [2, 6]]),),
                (m((7,), 1),), (m((6,), 1),), (1, 2), (..., ...), (np.zeros(0, int),), (s(None, None, 0),),
                (np.array(2),), (np.array(True),), (np.array(False),), (None, l(1, 2)), (l(1, 2), None), (..., l(1, 2))]),
        ((4, 5), [(1,), (1, 2), (s(None), 2), (..., 2), (s(1, 3), s(None, None, 2)), (s(None, None, -1), s(None, None, -1)),
                  (s(None), None, s(None)), (l(0, 2),), (s(None), l(0, 2)), (l(0, 2), l(1, 3)), (l(0, 2), s(1, 3)),
                  (np.array([[0], [2]]), l(1, 3, 4)), (l(0, 1, 2), l(0, 1)), (m((4, 5), 2),), (m((4,), 2),),
                  (s(None), m((5,), 2)), (m((4,), 2), 0), (m((4,), 2), s(None, None, 2)), (l(0, 2), 1), (1, l(0, 2)),
                  (l(0, 2), None, l(1, 3)), (None, l(0, 2), l(1, 3)), (l(0, 2), l(1, 3), None), (l(0, 2), ..., l(1, 3)),
                  (np.array(True), l(0, 1)), (s(None), 5), (0, 0, 0)]),
        ((3, 4, 5), [(0, s(None), l(1, 2)), (s(None), 0, l(1, 2)), (l(1, 2), s(None), 0), (l(1, 2), s(None), l(0, 1)),
                     (s(None), l(1, 2), l(0, 1)), (s(None), l(1, 2)), (s(None), l(1, 2), s(1, 4)), (s(None), l(1, 2), s(4, 1, -1)),
                     (l(2, 0), l(1, 2)), (l(2, 0), s(None, None, 2), s(1, 3)), (m((3, 4), 3),), (s(None), m((4, 5), 3)),
                     (m((3,), 3), s(None), l(0)), (..., m((5,), 3)), (0, ..., l(1, 2)), (s(1), np.array([[0, 1], [3, 3]]), s(2)),
                     (s(None), l(3, 1), None, l(0, 1)), (None, s(None), l(3, 1), s(None, None, 3)), (1, 2, s(None)), (1, ..., 2),
                     (s(0), l(1, 2)), (s(None, None, -2), l(1, 2), s(None, None, -1)), (l(0, 1), None, s(None), 2)]),
        ((2, 3, 4, 2), [(s(None), l(0, 2), s(None), l(0, 1)), (0, l(0, 2), s(None), 1), (s(None), l(0, 2), l(1, 3), s(None)),
                        (s(None), s(None), l(1, 3), s(None, None, -1)), (..., l(0, 2), l(1, 3), s(None)), (s(None), m((3, 4), 1))]),
        ((), [(), (...,), (None,), (0,), (np.array(True),), (np.array(False),)]),
        ((0, 3), [(s(None),), (0,), (s(None), 1), (np.zeros(0, int),), (s(None), l(0, 2))]),
    ]
    for shape, indices in cases:
        for index in indices:
            listed = "; ".join(item_text(item) for item in index)
            line("take", listed, [("f64", shape, 1)], lambda x: x[index])
            try:
                selected = make("f64", shape, 1)[index].shape
            except (IndexError, ValueError):
                continue
            def put(x, v):
                x = x.copy()
                x[index] = v
                return x
            line("put", listed, [("f64", shape, 1), ("f64", selected, 9)], put)
            line("put", listed, [("f32", shape, 1), ("f64", selected[-1:], 9)], put)
            def add(x, v):
                x = np.zeros_like(x)
                np.add.at(x, index, v)
                return x
            line("add", listed, [("f64", shape, 1), ("f64", selected, 9)], add)


def products():
    shapes = [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)),
              ((5, 1, 2, 3), (4, 3, 2)), ((5, 2, 3), (3,)), ((3,), (5, 3, 2)), ((2, 3), (2, 3)), ((), (3,)), ((2, 3), ()),
              ((0, 3), (3, 2)), ((2, 0), (0, 3)), ((2, 3), (3, 0)), ((3, 2, 3), (4, 3, 2)), ((1, 1), (1, 1)), ((4,), (3,)),
              ((40, 17), (17, 23)), ((1, 90), (90, 20)), ((90, 20), (20, 1)), ((3, 12, 11), (11, 13)), ((3, 12, 11), (3, 11, 13))]
    for a, b in shapes:
        for kinds in (("f64", "f64"), ("f32", "f32"), ("f32", "f64"), ("bool", "f64"), ("bool", "bool")):
            if np.prod(a) > 100 and kinds[0] == "bool":
                continue
            def f(x, y):
                if kinds == ("bool", "bool"):
                    x, y = x.astype(float), y.astype(float)
                z = x.astype(float) @ y.astype(float)
                return z.astype(np.result_type(x, y))
            line("matmul", "", [(kinds[0], a, 1), (kinds[1], b, 2)], f)
    line("outer", "", [("f64", (2, 2), 1), ("f32", (3,), 2)], np.outer)
    for n in (0, 1, 2, 3, 4, 7, 32, 40):
        for batch in ((), (2,)) if n < 10 else ((),):
            line("det", "", [("f64", (*batch, n, n), 104)], np.linalg.det)
            if n:
                if n < 10:
                    line("inv", "", [("f64", (*batch, n, n), 104)], np.linalg.inv)
                line("solve", "", [("f64", (*batch, n, n), 104), ("f64", (n,), 2)], np.linalg.solve)
                line("solve", "", [("f64", (*batch, n, n), 104), ("f64", (n, 2), 2)], np.linalg.solve)
    line("solve", "", [("f64", (3, 3), 104), ("f64", (2, 3, 2), 2)], np.linalg.solve)
    line("solve", "", [("f64", (3, 3), 104), ("f64", (2,), 2)], np.linalg.solve)
    line("inv", "", [("f64", (2, 3), 4)], np.linalg.inv)
    line("det", "", [("f64", (3,), 4)], np.linalg.det)


def layouts():
    one = lambda op, p, shape, f, kind="f64": line(op, p, [(kind, shape, 1)], f)
    for shape, new in [((2, 6), (3, 4)), ((2, 6), (-1,)), ((2, 6), (4, -1, 1)), ((2, 6), (5, -1)), ((2, 6), (-1, -1)),
                       ((0, 3), (3, 0)), ((0, 3), (-1, 0)), ((0, 3), (-1, 5)), ((), (1, 1)), ((1,), ()), ((2, 3), (7,))]:
        one("reshape", shape_text(new), shape, lambda x: x.reshape(new))
    for order in itertools.permutations(range(4)):
        one("permute", shape_text(order), (2, 3, 1, 4), lambda x: x.transpose(order))
    for order in itertools.permutations(range(3)):
        one("permute", shape_text(order), (9, 10, 11), lambda x: x.transpose(order), "f32")
    one("permute", "0,0", (2, 3), lambda x: x.transpose((0, 0)))
    one("permute", "1,0", (37, 45), lambda x: x.T, "f32")
    one("permute", "1,0", (0, 5), lambda x: x.T)
    for axis in (-4, -3, 0, 2, 3):
        one("expand_dims", str(axis), (2, 3), lambda x: np.expand_dims(x, axis))
    for axis in (None, 0, 1, -1, 5):
        one("squeeze", str(axis), (1, 3, 1), lambda x: np.squeeze(x, axis))
    for axes in (None, (0,), (1,), (0, 2), ()):
        one("flip", "all" if axes is None else shape_text(axes), (2, 3, 2), lambda x: np.flip(x, axes), "bool")
    for shift in (0, 1, -1, 7, -8):
        for axis in (None, 0, 1):
            one("roll", f"{shift} {axis}", (3, 4), lambda x: np.roll(x, shift, axis))
    for k in (-5, -1, 0, 1, 3, 9):
        one("diag", str(k), (3,), lambda x: np.diag(x, k))
        one("diag", str(k), (3, 4), lambda x: np.diag(x, k), "f32")
        one("diag", str(k), (0,), lambda x: np.diag(x, k))
        one("tril", str(k), (2, 3, 4), lambda x: np.tril(x, k))
        one("triu", str(k), (4, 3), lambda x: np.triu(x, k))
    one("diag", "0", (2, 2, 2), lambda x: np.diag(x))
    for times in ((2,), (2, 3), (1, 1, 2), (), (0,), (2, 1)):
        one("tile", shape_text(times), (2, 3), lambda x: np.tile(x, times))
    for n in (0, 1, 3):
        for axis in (None, 0, 1, 2):
            one("repeat", f"{n} {axis}", (2, 3), lambda x: np.repeat(x, n, axis))
    for widths in (((1, 2), (0, 3)), ((0, 0), (0, 0)), ((2, 0), (1, 1))):
        one("pad", " ".join(f"{a},{b}" for a, b in widths), (2, 3), lambda x: np.pad(x, widths, constant_values=7))
    for axis in (0, 1, -1, 2):
        specs = [("f64", (2, 3), 1), ("f32", (2, 3), 2), ("bool", (2, 3), 3)]
        join = lambda name: lambda *xs: getattr(np, name)([x.astype(float) for x in xs], axis)
        line("concat", str(axis), specs, join("concatenate"))
        line("stack", str(axis), specs, join("stack"))
    line("concat", "1", [("f64", (2, 0), 1), ("f64", (2, 3), 1), ("f64", (2, 1), 1)], lambda *x: np.concatenate(x, 1))
    line("concat", "0", [("f64", (2, 0), 1), ("f64", (2, 3), 1)], lambda *x: np.concatenate(x, 0))
    for i in range(3):
        one("sections", f"3 1 {i}", (2, 6), lambda x: np.split(x, 3, 1)[i])
        one("points", f"2,-1 1 {i}", (2, 6), lambda x: np.split(x, [2, -1], 1)[i])
        one("points", f"5,2 1 {i}", (2, 6), lambda x: np.split(x, [5, 2], 1)[i])
    one("sections", "4 1 0", (2, 6), lambda x: np.split(x, 4, 1)[0])
    for a in ((0, 5, 1), (0, 1, 0.1), (5, 0, -2), (0, 5, -1), (1, 2, 0.3)):
        line("arange", " ".join(map(str, a)), [], lambda: np.arange(*map(float, a)))
    for a in ((0, 1, 5), (0, 1, 1), (0, 1, 0), (3, -3, 4), (0, 0.7, 8)):
        line("linspace", " ".join(map(str, a)), [], lambda: np.linspace(*a))
    for a in ((2, 3, 0), (3, 2, 1), (3, 3, -1), (2, 2, 9), (0, 2, 0)):
        line("eye", " ".join(map(str, a)), [], lambda: np.eye(*a))


reductions()
indexing()
products()
layouts()
