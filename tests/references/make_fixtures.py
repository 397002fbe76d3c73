"""Writes fixtures.txt: scans, sorting, order statistics, and linear algebra of sizes at which work is blocked.

Run it with NumPy 2 and SciPy after changing it: python make_fixtures.py > fixtures.txt

A line is `program => shape values`, in double precision, `-` for a shape without axes. Operands are closed
formulas, the same here and in the test: `made(shape, seed)` has (((7919 i + i^3 + seed) mod 1009) - 504) / 64 at
position i, with ties beyond 1009 elements. What is large is compared by `sketch`: the sum of the magnitudes, and
six weighted sums in units of it.
"""

import math
import warnings

import numpy as np
from scipy import linalg

warnings.simplefilter("ignore")
inf, nan = np.inf, np.nan


def made(shape, seed=0):
    i = np.arange(math.prod(shape), dtype=np.int64)
    return (((7919 * i + i**3 + seed) % 1009 - 504) / 64).reshape(shape)


def sketch(y):
    y = np.asarray(y, dtype=float).flatten()
    size = np.abs(y).sum()
    i = 1.0 + np.arange(y.size)
    return np.array([size] + [(np.cos(1.3 * k * i) * y).sum() / size for k in range(1, 7)])


def number(x):
    return repr(float(x)).removesuffix(".0")


def case(program, value):
    value = np.asarray(value, dtype=float)
    shape = ",".join(map(str, value.shape)) or "-"
    print(f"{program} => {shape} {','.join(map(number, value.flatten())) or '-'}")


def literal(x):
    if np.ndim(x) == 0:
        return number(x)
    return "[" + ", ".join(literal(row) for row in x) + "]"


def operand(shape, seed):
    return f"made({shape}, {seed})", made(shape, seed)


SPECIAL = [[3, 1, 2, 1, 3, 0], [nan, 2, 1], [inf, 1, -inf], [2, nan, inf, 5], [0, -0.0, 1], [5], [1, 1, 1]]

# Scans.
SCANS = [("cumsum", np.cumsum), ("cumprod", np.cumprod), ("cummax", np.maximum.accumulate)]


def scan(f, x, axis):
    return f(x.flatten() if axis is None else x, axis=0 if axis is None else axis)


for name, f in SCANS:
    for shape, seed in [((7,), 1), ((3, 5), 2), ((2, 3, 4), 3), ((1, 6), 4), ((4, 1, 3), 5), ((), 6), ((2, 0), 7)]:
        text, x = operand(shape, seed)
        for axis in [None, *range(-len(shape), len(shape))]:
            more = "" if axis is None else f", {axis}"
            case(f"{name}({text}{more})", scan(f, x, axis))
    for row in SPECIAL:
        case(f"{name}({literal(row)})", f(np.array(row)))
    for shape, axis in [((3000,), 0), ((40, 70), 0), ((40, 70), 1), ((12, 9, 20), 1)]:
        text, x = operand(shape, 11)
        if name == "cumprod":
            text, x = f"(1 + {text} / 500)", 1 + x / 500
        case(f"sketch({name}({text}, {axis}))", sketch(f(x, axis=axis)))

# Sorting. `topk` is a stable descending sort, cut off, with nan first.
for shape, seed in [((7,), 1), ((3, 5), 2), ((2, 3, 4), 3), ((1, 6), 4)]:
    text, x = operand(shape, seed)
    # Few different values, so that there are ties.
    for text, x in [(text, x), (f"floor({text} / 5)", np.floor(x / 5))]:
        for axis in range(-len(shape), len(shape)):
            case(f"sort({text}, {axis})", np.sort(x, axis, kind="stable"))
            case(f"argsort({text}, axis = {axis})", np.argsort(x, axis, kind="stable"))
            for k in {0, 1, 2, x.shape[axis]}:
                if k <= x.shape[axis]:
                    order = np.take(np.argsort(-x, axis, kind="stable"), range(k), axis)
                    case(f"topk({text}, {k}, {axis}).values", np.take_along_axis(x, order, axis))
                    case(f"topk({text}, {k}, {axis}).indices", order)
        case(f"unique({text})", np.unique(x))
for row in SPECIAL:
    text = literal(row)
    case(f"sort({text})", np.sort(row))
    case(f"argsort({text})", np.argsort(row, kind="stable"))
    case(f"unique({text})", np.unique(row))
for shape in [(3000,), (50, 60)]:
    text, x = operand(shape, 13)
    case(f"sketch(sort({text}))", sketch(np.sort(x)))
    case(f"sketch(argsort({text}))", sketch(np.argsort(x, kind="stable")))
    case(f"sketch(sort({text}, 0))", sketch(np.sort(x, 0)))
    case(f"sketch(unique({text}))", sketch(np.unique(x)))
    order = np.argsort(-x, kind="stable")[..., :40]
    case(f"sketch(topk({text}, 40).values)", sketch(np.take_along_axis(x, order, -1)))
    case(f"sketch(topk({text}, 40).indices)", sketch(order))

# Order statistics.
QUANTILES = [0, 0.1, 0.25, 1 / 3, 0.5, 0.77, 1]
for shape, seed in [((7,), 1), ((8,), 2), ((3, 5), 3), ((2, 3, 4), 4), ((1, 6), 5)]:
    text, x = operand(shape, seed)
    axes = [None, *range(-len(shape), len(shape))] + ([(0, 1), (0, -1)] if len(shape) > 2 else [])
    for axis in axes:
        for keepdims in [False, True]:
            more = ("" if axis is None else f", axis = {axis}") + (", keepdims = true" if keepdims else "")
            case(f"median({text}{more})", np.median(x, axis, keepdims=keepdims))
            case(f"quantile({text}, 0.3{more})", np.quantile(x, 0.3, axis, keepdims=keepdims))
            case(f"quantile({text}, {literal(QUANTILES)}{more})", np.quantile(x, QUANTILES, axis, keepdims=keepdims))
    case(f"quantile({text}, [[0.2, 0.9], [0.5, 0]], 0)", np.quantile(x, [[0.2, 0.9], [0.5, 0]], 0))
for row in SPECIAL:
    case(f"median({literal(row)})", np.median(row))
    if np.isfinite(row).all():
        case(f"quantile({literal(row)}, {literal(QUANTILES)})", np.quantile(row, QUANTILES))
for shape, axis in [((3001,), None), ((40, 75), 0), ((40, 75), 1)]:
    text, x = operand(shape, 17)
    more = "" if axis is None else f", axis = {axis}"
    case(f"median({text}{more})", np.median(x, axis))
    case(f"quantile({text}, [0.01, 0.5, 0.987]{more})", np.quantile(x, [0.01, 0.5, 0.987], axis))

# Linear algebra. Sums of rows keep the numbers few and show every element.


def upright(vectors):
    """The signs that make the largest element of every column positive."""
    largest = np.take_along_axis(vectors, np.abs(vectors).argmax(-2)[..., None, :], -2)
    return np.where(largest < 0, -1.0, 1.0)


def large(program, value):
    value = np.asarray(value, dtype=float)
    case(f"sketch({program})", sketch(value))
    # Some elements as they are.
    edge = value.reshape(-1, value.shape[-1])[-1][:5]
    case(f"edge({program})", edge)


for n in [31, 32, 33, 40, 64, 80]:
    text = f"(made(({n}, {n}), {n}) + 10 * eye({n}))"
    a = made((n, n), n) + 10 * np.eye(n)
    right, b = operand((n, 3), 5)
    large(f"inv({text})", np.linalg.inv(a))
    large(f"solve({text}, {right})", np.linalg.solve(a, b))
    large(f"solve({text}, {right}[:, 0])", np.linalg.solve(a, b[:, 0]))
    sign, log = np.linalg.slogdet(a)
    case(f"slogdet({text})[0]", sign)
    case(f"slogdet({text})[1]", log)
    # Scaled, so that it is a number of ordinary size.
    scale = math.exp(-log / n)
    case(f"det({text} * {number(scale)})", np.linalg.det(a * scale))
    large(f"{text} @ {text}", a @ a)
    large(f"matrix_power({text} / 16, 5)", np.linalg.matrix_power(a / 16, 5))
    large(f"expm({text} / 32)", linalg.expm(a / 32))
    definite = f"({text} @ {text}.T / {n} + eye({n}))"
    d = a @ a.T / n + np.eye(n)
    large(f"cholesky({definite})", np.linalg.cholesky(d))
    case(f"logdet({definite})", np.linalg.slogdet(d)[1])
    symmetric = f"({text} + {text}.T)"
    w, v = np.linalg.eigh(a + a.T)
    large(f"eigh({symmetric}).eigenvalues", w)
    large(f"eigvalsh({symmetric})", w)
    large(f"eigh({symmetric}).eigenvectors", v * upright(v))
    for m in sorted({n, n - 20 if n > 32 else n - 3, n + 17}):
        text, a = operand((m, n), n + m)
        right, b = operand((m,), 3)
        q, r = np.linalg.qr(a)
        signs = np.where(np.diagonal(r) < 0, -1.0, 1.0)
        large(f"qr({text}).Q", q * signs)
        large(f"qr({text}).R", r * signs[:, None])
        u, s, vh = np.linalg.svd(a, full_matrices=False)
        signs = upright(u)
        large(f"svd({text}).U", u * signs)
        large(f"svd({text}).S", s)
        large(f"svd({text}).Vh", vh * signs.T)
        large(f"svdvals({text})", s)
        large(f"pinv({text})", np.linalg.pinv(a))
        large(f"lstsq({text}, {right})", np.linalg.lstsq(a, b, rcond=None)[0])
# Stacks.
text, a = "(made((3, 36, 36), 2) + 9 * eye(36))", made((3, 36, 36), 2) + 9 * np.eye(36)
large(f"inv({text})", np.linalg.inv(a))
case(f"slogdet({text})[1]", np.linalg.slogdet(a)[1])
large(f"eigvalsh({text} + swapaxes({text}, 1, 2))", np.linalg.eigvalsh(a + np.swapaxes(a, 1, 2)))
large(f"svdvals({text})", np.linalg.svd(a, compute_uv=False))

# Products and transforms of sizes that are cut into blocks.
for m, k, n in [(1, 200, 1), (70, 130, 90), (257, 65, 129), (300, 1, 200), (5, 1000, 3)]:
    left, a = operand((m, k), 1)
    right, b = operand((k, n), 2)
    large(f"{left} @ {right}", a @ b)


def pairs(x):
    return np.stack([x.real, x.imag], -1)


for n in [16, 30, 64, 97, 100, 128, 210, 1000]:
    text, x = operand((n, 2), 7)
    z = x[:, 0] + 1j * x[:, 1]
    large(f"fft({text})", pairs(np.fft.fft(z)))
    large(f"ifft({text})", pairs(np.fft.ifft(z)))
    large(f"rfft({text}[:, 0])", pairs(np.fft.rfft(x[:, 0])))
    large(f"irfft({text})", np.fft.irfft(z))
    large(f"irfft({text}, {n + 3})", np.fft.irfft(z, n + 3))
for spec, shapes in [
    ("ij,jk,kl->il", [(20, 30), (30, 25), (25, 10)]), ("bij,bjk->bik", [(4, 33, 20), (4, 20, 40)]), ("bhqd,bhkd->bhqk", [(2, 3, 17, 8), (2, 3, 19, 8)]),
    ("ijk,jil->kl", [(9, 8, 7), (8, 9, 5)]), ("...ij,...j->...i", [(6, 5, 12, 13), (6, 5, 13)]), ("iij->j", [(30, 30, 4)]), ("i,j,k->ijk", [(9,), (10,), (11,)]),
    ("ij,ij,ij->", [(30, 40)] * 3), ("abcd->dbca", [(3, 4, 5, 6)]),
]:
    texts, arrays = zip(*[operand(shape, k) for k, shape in enumerate(shapes)])
    large(f'flat(einsum("{spec}", {", ".join(texts)}))', np.einsum(spec, *arrays).flatten())
