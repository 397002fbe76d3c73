"""Writes fixtures.txt: programs, and what NumPy and SciPy give for them.

Run it with NumPy 2 and SciPy after changing it: python make_fixtures.py > fixtures.txt

A line is a program, ` => `, and the value as a literal, exact to the last digit.
"""

import warnings

import numpy as np
from scipy import linalg, special

warnings.simplefilter("ignore")
inf, nan = np.inf, np.nan


def literal(x):
    x = np.asarray(x, dtype=float)
    if x.ndim == 0:
        return repr(float(x)).removesuffix(".0")
    return "[" + ", ".join(literal(row) for row in x) + "]"


def case(program, value):
    print(f"{program} => {literal(value)}")


def made(shape, seed):
    """Matrices of full rank, exact in a few digits."""
    i = np.arange(int(np.prod(shape)))
    return (((7919 * i + i**3 + seed) % 1009 - 504) / 64).reshape(shape)


shapes = [
    ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((2, 2, 3), (3, 4)), ((2, 3), (2, 3, 1)), ((2, 2, 3), (3,)),
    ((3,), (2, 3, 2)), ((2, 1, 2, 3), (3, 3, 2)), ((1, 1), (1, 1)),
]
for i, (a, b) in enumerate(shapes):
    a, b = made(a, i), made(b, i + 50)
    case(f"{literal(a)} @ {literal(b)}", a @ b)
    if b.ndim <= 2 and a.ndim <= 2:
        case(f"dot({literal(a)}, {literal(b)})", a.dot(b))
    case(f"outer({literal(a)}, {literal(b)})", np.outer(a, b))
for i, shape in enumerate([(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (2, 3, 3), (2, 2, 2, 2)]):
    a = made(shape, i)
    text = literal(a)
    case(f"inv({text})", np.linalg.inv(a))
    case(f"det({text})", np.linalg.det(a))
    b = made(shape[-1:], i + 9)
    case(f"solve({text}, {literal(b)})", np.linalg.solve(a, np.broadcast_to(b[:, None], shape[:-1] + (1,)))[..., 0])
    b = made((shape[-1], 2), i + 19)
    case(f"solve({text}, {literal(b)})", np.linalg.solve(a, b))
for i, shape in enumerate([(1, 1), (2, 2), (3, 3), (5, 5), (20, 20), (2, 3, 3), (2, 2, 2, 2)]):
    a = made(shape, i)
    case(f"slogdet({literal(a)})[1]", np.linalg.slogdet(a)[1])
    case(f"slogdet({literal(a)})[0]", np.linalg.slogdet(a)[0])
    # Exact in a few digits, symmetric and far from singular.
    s = a + np.swapaxes(a, -1, -2) + 16 * shape[-1] * np.eye(shape[-1])
    case(f"cholesky({literal(s)})", np.linalg.cholesky(s))
    case(f"logdet({literal(s)})", np.linalg.slogdet(s)[1])


def upright(vectors):
    """The signs that make the largest element of every column positive."""
    largest = np.take_along_axis(vectors, np.abs(vectors).argmax(-2)[..., None, :], -2)
    return np.where(largest < 0, -1.0, 1.0)


for i, shape in enumerate([(1, 1), (2, 2), (3, 3), (6, 6), (20, 20), (2, 3, 3), (4, 2), (2, 5), (2, 3, 2)]):
    a = made(shape, i) / 4
    text = literal(a)
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    signs = upright(u)
    case(f"svd({text}).U", u * signs)
    case(f"svd({text}).S", s)
    case(f"svd({text}).Vh", vh * np.swapaxes(signs, -1, -2))
    case(f"svdvals({text})", s)
    q, r = np.linalg.qr(a)
    signs = np.where(np.diagonal(r, axis1=-2, axis2=-1) < 0, -1.0, 1.0)
    case(f"qr({text}).Q", q * signs[..., None, :])
    case(f"qr({text}).R", r * signs[..., :, None])
    case(f"pinv({text})", np.linalg.pinv(a))
    case(f"trace({text})", np.trace(a, axis1=-2, axis2=-1))
    case(f"kron({text}, [[1, -2], [0.5, 3]])", np.kron(a, [[1, -2], [0.5, 3]]))
    b = made(shape[-2:-1], i + 9)
    if a.ndim == 2:
        case(f"lstsq({text}, {literal(b)})", np.linalg.lstsq(a, b, rcond=None)[0])
    if shape[-1] == shape[-2]:
        symmetric = (a + np.swapaxes(a, -1, -2)) / 2
        w, v = np.linalg.eigh(symmetric)
        case(f"eigh({text}).eigenvalues", w)
        case(f"eigh({text}).eigenvectors", v * upright(v))
        case(f"eigvalsh({text})", w)
        for n in [0, 1, 2, 5, -1]:
            case(f"matrix_power({text}, {n})", np.linalg.matrix_power(a, n))
        for scale in [0.001, 0.1, 1]:
            small = a * scale / shape[-1]
            case(f"expm({literal(small)})", linalg.expm(small))
a, b = made((3,), 3), made((4, 3), 5)
case(f"cross({literal(a)}, {literal(b)})", np.cross(a, b))
matrix, other, cube, vector = made((3, 4), 1), made((4, 2), 2), made((2, 3, 4), 3), made((4,), 4)
square = made((3, 3), 5)
for spec, *operands in [
    ("ij,jk->ik", matrix, other), ("ij,jk", matrix, other), ("ij,jk->ki", matrix, other), ("ij->ji", matrix), ("ij", matrix),
    ("ji", matrix), ("ij->", matrix), ("ii", square), ("ii->i", square), ("ij,ij->i", matrix, matrix), ("bij,jk->bik", cube, other),
    ("...j,j->...", cube, vector), ("...j,jk", cube, other), ("bij,bij,j->b", cube, cube, vector), ("ij,jk,bij->bk", matrix, other, cube),
    ("i,j,k->kji", vector, vector, vector), ("ij,ij,ij", matrix, matrix, matrix), ("bij,bkj->bik", cube, cube), ("iij->j", made((3, 3, 2), 8)),
    ("...ij->...ji", cube), ("i...->...", cube), ("i,i", vector, vector), ("ab,cd->acbd", matrix, other),
]:
    case(f'einsum("{spec}", {", ".join(map(literal, operands))})', np.einsum(spec, *operands))


def pairs(x):
    return np.stack([x.real, x.imag], -1)


for i, n in enumerate([1, 2, 3, 4, 5, 8, 12, 17]):
    x = made((n, 2), i)
    z = x[:, 0] + 1j * x[:, 1]
    for length in [None, 3, 9]:
        more = "" if length is None else f", {length}"
        case(f"fft({literal(x)}{more})", pairs(np.fft.fft(z, length)))
        case(f"ifft({literal(x)}{more})", pairs(np.fft.ifft(z, length)))
        case(f"rfft({literal(x[:, 0])}{more})", pairs(np.fft.rfft(x[:, 0], length)))
        if n > 1:
            case(f"irfft({literal(x)}{more})", np.fft.irfft(z, length))
table = made((3, 4, 2), 3)
z = table[..., 0] + 1j * table[..., 1]
for axis in [0, 1, -1, -2]:
    case(f"fft({literal(table)}, axis = {axis})", pairs(np.fft.fft(z, axis=axis)))
    case(f"irfft({literal(table)}, axis = {axis})", np.fft.irfft(z, axis=axis))
    case(f"rfft({literal(table[..., 0])}, axis = {axis})", pairs(np.fft.rfft(table[..., 0], axis=axis)))
rows = [[0.5, -1, 2], [1000, 0, 999], [-1000, -1001, -1000.5], [0, -40, -50], [3], [5, 5, 5, 5]]
for row in rows:
    text = literal(row)
    case(f"softmax({text})", special.softmax(row))
    case(f"log_softmax({text})", special.log_softmax(row))
    case(f"logsumexp({text})", special.logsumexp(row))
case("logsumexp([-inf, -inf])", -inf)
case("logsumexp([-inf, 2])", 2)
case("logsumexp([inf, 2])", inf)
case("logsumexp([inf, inf, -inf])", inf)
case("logsumexp([inf, nan])", nan)
case("softmax([nan, 1])", [nan, nan])
case("softmax([-inf, 0, 0])", [0, 0.5, 0.5])
case("log_softmax([-inf, 0])", [-inf, 0])
cube = made((2, 3, 4), 7)
for axis in [0, 1, 2, -1, -3]:
    case(f"softmax({literal(cube)}, {axis})", special.softmax(cube, axis))
    case(f"log_softmax({literal(cube)}, axis = {axis})", special.log_softmax(cube, axis))
    case(f"logsumexp({literal(cube)}, axis = {axis})", special.logsumexp(cube, axis))
    case(f"logsumexp({literal(cube)}, axis = {axis}, keepdims = true)", special.logsumexp(cube, axis, keepdims=True))
for axes in [(0, 1), (0, 2), (1, 2), (2, 0)]:
    case(f"logsumexp({literal(cube)}, {axes})", special.logsumexp(cube, axes))
case(f"softmax({literal(cube)}, none)", special.softmax(cube))
logits, labels = made((3, 4), 5), [0, 3, 1]
case(f"cross_entropy({literal(logits)}, {literal(labels)})", -special.log_softmax(logits, 1)[np.arange(3), labels].mean())
case(f"cross_entropy({literal(logits[0])}, 2)", -special.log_softmax(logits[0])[2])
shares = special.softmax(made((3, 4), 6) / 8, 1)
case(f"cross_entropy({literal(logits)}, {literal(shares)})", -(shares * special.log_softmax(logits, 1)).sum(1).mean())
labels = np.array([[0, 3, 1], [2, 2, 0]])
likely = special.log_softmax(cube, 2)
case(f"cross_entropy({literal(cube)}, {literal(labels)})", -np.take_along_axis(likely, labels[..., None], 2).mean())
case("cross_entropy([0, -inf], [1, 0])", 0)
