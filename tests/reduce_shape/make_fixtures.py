"""Writes fixtures.txt: what NumPy gives for reductions, shape operations and constructors.

Run it with NumPy 2 after changing it: python make_fixtures.py > fixtures.txt

A line is `program => type shape values`; a tuple has its parts separated by ` | `. The same operands are
defined here and in the test.
"""

import warnings

import numpy as np

warnings.simplefilter("ignore")
A = np.array([[1.0, 2.5, -3.0], [4.0, 0.0, 6.0]])
B = np.arange(24.0).reshape(2, 3, 4) - 7.5
V = np.array([3.0, -1.0, 2.0, 2.0, -5.0])
E = np.zeros((0, 2))
N = np.array([[1.0, np.nan], [3.0, 4.0]])
S = np.array([[1.5, 2.25], [0.1, 4.0]], dtype=np.float32)
M = V > 0
CONSTANT = np.full(3, 0.1)
inf = np.inf

LINES = []


def case(program, value):
    LINES.append((program, value))


for name in ["sum", "mean", "prod", "max", "min", "any", "all"]:
    f = getattr(np, name)
    for x, array in [("A", A), ("V", V), ("N", N), ("S", S), ("M", M), ("A.T", A.T)]:
        case(f"{name}({x})", f(array))
    case(f"{name}(A, 0)", f(A, 0))
    case(f"{name}(A.T, -1, true)", f(A.T, -1, keepdims=True))
    case(f"{name}(N, axis = 1)", f(N, axis=1))
    case(f"{name}(B, axis = (0, -1))", f(B, axis=(0, -1)))
    case(f"{name}(B, axis = [2, 0], keepdims = true)", f(B, axis=(2, 0), keepdims=True))
    case(f"{name}(B, keepdims = true)", f(B, keepdims=True))
    case(f"{name}(E, 1)", f(E, 1))
    case(f"{name}(5)", f(5.0))
    if name not in ("max", "min"):
        case(f"{name}(E)", f(E))
        case(f"{name}(E, 0)", f(E, 0))
for name in ["argmax", "argmin"]:
    f = getattr(np, name)
    for x, array in [("A", A), ("V", V), ("N", N), ("M", M), ("B", B)]:
        case(f"{name}({x})", np.float64(f(array)))
    case(f"{name}(A, 0)", f(A, 0).astype(float))
    case(f"{name}(B, axis = -2, keepdims = true)", f(B, axis=-2, keepdims=True).astype(float))
for name in ["var", "std"]:
    f = getattr(np, name)
    for x, array in [("A", A), ("V", V), ("N", N), ("M", M), ("B", B), ("1e8 + V", 1e8 + V)]:
        case(f"{name}({x})", f(array))
    case(f"{name}(A, 0)", f(A, 0))
    case(f"{name}(A, axis = 1, ddof = 1, keepdims = true)", f(A, axis=1, ddof=1, keepdims=True))
    case(f"{name}(B, (0, 2), 1)", f(B, axis=(0, 2), ddof=1))
    case(f"{name}(5, ddof = 1)", f(5.0, ddof=1))
    case(f"{name}(E, 0)", f(E, 0))
    case(f"{name}([0.1, 0.1, 0.1])", 0.0)
for text, order in [("2", 2), ("1", 1), ("inf", inf), ("-inf", -inf), ("0", 0), ("3", 3), ("0.5", 0.5), ("-1", -1)]:
    case(f"norm(V, {text})", np.linalg.norm(V, order))
    case(f"norm(B, {text}, 1)", np.linalg.norm(B, order, axis=1))
    case(f"norm(A.T, ord = {text}, axis = -1, keepdims = true)", np.linalg.norm(A.T, order, axis=-1, keepdims=True))
case("norm(A)", np.linalg.norm(A))
case("norm(S)", np.linalg.norm(S).astype(np.float32))
case("norm(B, axis = (0, 1))", np.linalg.norm(B, axis=(0, 1)))
case("norm(zeros(0))", 0.0)
case("norm(N)", np.nan)
case("norm([3e200, 4e200])", 5e200)
case("norm([3e-200, 4e-200])", 5e-200)
case("norm([1, -inf])", inf)

for x, array in [("A", A), ("B", B), ("E", E), ("V", V)]:
    case(f"size({x})", float(np.size(array)))
    case(f"ndim({x})", float(np.ndim(array)))
    case(f"len({x})", float(len(array)))
    case(f"{x}.T", array.T)
    case(f"{x}.flatten()", array.flatten())
    case(f"{x}.flip()", np.flip(array))
    case(f"{x}.roll(2)", np.roll(array, 2))
    case(f"{x}.repeat(2)", np.repeat(array, 2))
    case(f"{x}.tile(2)", np.tile(array, 2))
    case(f"{x}.tile((2, 1, 3))", np.tile(array, (2, 1, 3)))
    case(f"{x}.zeros_like()", np.zeros_like(array))
    case(f"{x}.ones_like()", np.ones_like(array))
    case(f"{x}.expand_dims(-1)", np.expand_dims(array, -1))
    case(f"{x}.expand_dims((0, 2))", np.expand_dims(array, (0, 2)))
    case(f"pad({x}, 1)", np.pad(array, 1))
    case(f"pad({x}, (0, 2), -1)", np.pad(array, (0, 2), constant_values=-1))
    case(f"repeat({x}, 3, axis = 0)", np.repeat(array, 3, axis=0))
case("M.flip()", np.flip(M))
case("M.T", M)
case("transpose(B, (1, -1, 0))", np.transpose(B, (1, -1, 0)))
case("swapaxes(B, 0, -1)", np.swapaxes(B, 0, -1))
case("reshape(A, 3, 2)", A.reshape(3, 2))
case("reshape(A, (3, -1))", A.reshape(3, -1))
case("A.reshape(-1)", A.reshape(-1))
case("reshape(A, [6, 1])", A.reshape(6, 1))
case("reshape([7], ())", np.array(7.0))
case("squeeze(reshape(A, 1, 2, 1, 3))", A)
case("squeeze(reshape(A, 1, 2, 1, 3), -2)", A[None])
case("squeeze(reshape(A, 1, 2, 1, 3), (0, 2))", A)
case("broadcast_to(V, (2, 5))", np.broadcast_to(V, (2, 5)))
case("broadcast_to(3, (2, 2))", np.full((2, 2), 3.0))
case("flip(B, 1)", np.flip(B, 1))
case("flip(B, (0, -1))", np.flip(B, (0, -1)))
case("roll(B, -1, 1)", np.roll(B, -1, 1))
case("roll(B, 3, (0, 2))", np.roll(B, 3, (0, 2)))
case("roll(B, (1, 2), (0, 2))", np.roll(B, (1, 2), (0, 2)))
case("repeat(B, 2, -2)", np.repeat(B, 2, -2))
case("pad(A, ((1, 0), (0, 2)))", np.pad(A, ((1, 0), (0, 2))))
case("pad(A, [[1, 0], [0, 2]], value = 7)", np.pad(A, ((1, 0), (0, 2)), constant_values=7))
for k in [-3, -1, 0, 1, 5]:
    case(f"diag(A, {k})", np.diag(A, k))
    case(f"diag(V, {k})", np.diag(V, k))
    case(f"tril(B, {k})", np.tril(B, k))
    case(f"triu(A.T, {k})", np.triu(A.T, k))
    case(f"eye(3, k = {k})", np.eye(3, k=k))
    case(f"eye(2, 4, {k})", np.eye(2, 4, k))
case("concat((A, A + 1))", np.concatenate((A, A + 1)))
case("concat((A, A[:, :1]), axis = 1)", np.concatenate((A, A[:, :1]), axis=1))
case("concat((B, B), -1)", np.concatenate((B, B), -1))
case("concat((V, M, zeros(0)))", np.concatenate((V, M, np.zeros(0))))
case("concat((M, M))", np.concatenate((M, M)))
case("concat(B)", np.concatenate(B))
case("concat(B, 1)", np.concatenate(B, 1))
case("stack((A, A + 1))", np.stack((A, A + 1)))
case("stack((A, A + 1), axis = -1)", np.stack((A, A + 1), axis=-1))
case("stack((1, 2, 3))", np.array([1.0, 2.0, 3.0]))
case("stack(B, 1)", np.stack(list(B), 1))
case("stack(B, -1)", np.stack(list(B), -1))
case("split(V, (1, -1))", tuple(np.split(V, (1, -1))))
case("split(B, 2)", tuple(np.split(B, 2)))
case("split(B, 2, axis = -1)", tuple(np.split(B, 2, axis=-1)))
case("split(A, [2], 1)", tuple(np.split(A, [2], 1)))
case("item([[7]])", np.float64(7))
case("asscalar(7)", np.float64(7))

case("zeros(2, 3)", np.zeros((2, 3)))
case("zeros((2, 3))", np.zeros((2, 3)))
case("zeros([2, 3])", np.zeros((2, 3)))
case("zeros(())", np.float64(0))
case("ones(2, 0)", np.ones((2, 0)))
case("full((2, 2), 1.5)", np.full((2, 2), 1.5))
case("full((2, 3), [1, 2, 3])", np.full((2, 3), [1.0, 2.0, 3.0]))
case("full(2, true)", np.full(2, True))
case("arange(5)", np.arange(5.0))
case("arange(1, 2, 0.1)", np.arange(1, 2, 0.1))
case("arange(3, 0, step = -1)", np.arange(3.0, 0, -1))
case("arange(5, 1)", np.arange(5.0, 1))
case("range(1, 8, 3) * 1", np.arange(1.0, 8, 3))
case("sum(range(5))", np.float64(10))
case("concat((range(2), range(3)))", np.array([0.0, 1, 0, 1, 2]))
case("linspace(0, 1, 7)", np.linspace(0, 1, 7))
case("linspace(3, -1)", np.linspace(3, -1))
case("linspace(2, 5, 1)", np.linspace(2, 5, 1))
case("one_hot([[0, 2]], 3)", np.eye(3)[[[0, 2]]])
case("one_hot(1, 3)", np.eye(3)[1])
case("f32(A)", A.astype(np.float32))
case("f64(S)", S.astype(np.float64))
case("f64(M)", M.astype(np.float64))
case('f64(" -3.5e1 ")', np.float64(-35))
case("zeros_like(f32(V))", np.zeros(5, np.float32))
case("sum(S, 0)", S.sum(0))


def part(value):
    value = np.asarray(value)
    kind = {"float64": "f64", "float32": "f32", "bool": "bool", "int64": "f64"}[value.dtype.name]
    shape = ",".join(map(str, value.shape)) or "-"
    values = ",".join(repr(float(x)) for x in value.reshape(-1)) or "-"
    return f"{kind} {shape} {values}"


for program, value in LINES:
    parts = value if isinstance(value, tuple) else (value,)
    print(f"{program} => {' | '.join(map(part, parts))}")
