"""Writes fixtures.txt: the elementwise functions at points all over the number line.

Run it with NumPy 2 and mpmath after changing it: python make_fixtures.py > fixtures.txt

A line is `function | operand | operand | ... => value`. The value is the double nearest to the exact one,
which mpmath computes with enough digits for the sine of 1e300; what happens at infinities and outside a
domain is NumPy's, or the limit.
"""

import sys
from fractions import Fraction

import mpmath
import numpy as np
from mpmath import mp, mpf

mp.prec = 1600
np.seterr(all="ignore")
INF, NAN = float("inf"), float("nan")


def double(value):
    """The nearest double, subnormal ones included."""
    if isinstance(value, float):
        return value
    if isinstance(value, mpmath.mpc):
        return NAN
    if mpmath.isnan(value):
        return NAN
    if mpmath.isinf(value):
        return float(value)
    sign, man, exp, _ = value._mpf_
    fraction = Fraction(int(man)) * (Fraction(2) ** exp if exp > -9000 else 0)
    try:
        result = float(fraction)
    except OverflowError:
        result = INF
    return -result if sign else result


RAW = [
    0.0, 5e-324, 1e-310, 2.2250738585072014e-308, 1e-300, 1e-160, 1e-30, 1e-17, 1e-9, 1e-5, 0.001, 0.02, 0.1, 0.25, 1 / 3,
    0.49999999999999994, 0.5, 0.6931471805599453, 0.75, 0.99, 0.9999999999999999, 1.0, 1.0000000000000002, 1.05, 1.5, 1.5707963267948966,
    2.0, 2.5, 2.718281828459045, 3.0, 3.141592653589793, 3.5, 4.5, 6.283185307179586, 8.0, 10.0, 19.5, 22.0, 36.7, 37.5, 40.0, 100.0,
    355.0, 700.1, 709.782712893384, 710.4, 745.0, 746.5, 1000.0, 1024.0, 12345.678, 1e6, 1e9 + 0.5, 2.0**52 + 1, 2.0**53, 1e17, 1e22,
    1e100, 1.3e154, 1.4e154, 1e300, 1.7976931348623157e308, INF,
]
RANDOM = np.random.default_rng(1)
MIDDLE = [float(x) for x in np.concatenate([RANDOM.uniform(-1, 1, 40), RANDOM.normal(0, 4, 40), RANDOM.uniform(-40, 40, 30)])]
POINTS = RAW + [-x for x in RAW] + MIDDLE + [NAN]
ONE = mpf(1)


def sigmoid(x):
    return ONE / (ONE + mpmath.exp(-x))


def normal_cdf(x):
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def real_cbrt(x):
    root = mpmath.cbrt(abs(x))
    return root if x >= 0 else -root


# What mpmath computes, and the values at -inf and inf.
UNARY = {
    "abs": (abs, INF, INF),
    "sign": (mpmath.sign, -1.0, 1.0),
    "sqrt": (mpmath.sqrt, NAN, INF),
    "cbrt": (real_cbrt, -INF, INF),
    "square": (lambda x: x * x, INF, INF),
    "reciprocal": (lambda x: ONE / x, 0.0, 0.0),
    "rsqrt": (lambda x: ONE / mpmath.sqrt(x), NAN, 0.0),
    "exp": (mpmath.exp, 0.0, INF),
    "expm1": (mpmath.expm1, -1.0, INF),
    "exp2": (lambda x: mpf(2) ** x, 0.0, INF),
    "log": (mpmath.log, NAN, INF),
    "log1p": (mpmath.log1p, NAN, INF),
    "log2": (lambda x: mpmath.log(x) / mpmath.log(2), NAN, INF),
    "log10": (lambda x: mpmath.log(x) / mpmath.log(10), NAN, INF),
    "sin": (mpmath.sin, NAN, NAN),
    "cos": (mpmath.cos, NAN, NAN),
    "tan": (mpmath.tan, NAN, NAN),
    "asin": (mpmath.asin, NAN, NAN),
    "acos": (mpmath.acos, NAN, NAN),
    "atan": (mpmath.atan, double(-mpmath.pi / 2), double(mpmath.pi / 2)),
    "sinh": (mpmath.sinh, -INF, INF),
    "cosh": (mpmath.cosh, INF, INF),
    "tanh": (mpmath.tanh, -1.0, 1.0),
    "asinh": (mpmath.asinh, -INF, INF),
    "acosh": (mpmath.acosh, NAN, INF),
    "atanh": (mpmath.atanh, NAN, NAN),
    "floor": (mpmath.floor, -INF, INF),
    "ceil": (mpmath.ceil, -INF, INF),
    "round": (lambda x: float(np.round(float(x))), -INF, INF),
    "trunc": (lambda x: float(np.trunc(float(x))), -INF, INF),
    "sigmoid": (sigmoid, 0.0, 1.0),
    "log_sigmoid": (lambda x: -mpmath.log1p(mpmath.exp(-x)), -INF, 0.0),
    "softplus": (lambda x: mpmath.log1p(mpmath.exp(x)), 0.0, INF),
    "relu": (lambda x: max(x, mpf(0)), 0.0, INF),
    "leaky_relu": (lambda x: x if x >= 0 else x * mpf(0.01), -INF, INF),
    "elu": (lambda x: x if x >= 0 else mpmath.expm1(x), -1.0, INF),
    "silu": (lambda x: x * sigmoid(x), 0.0, INF),
    "gelu": (lambda x: x * normal_cdf(x), 0.0, INF),
    "isnan": (lambda x: mpf(0), 0.0, 0.0),
    "isfinite": (lambda x: mpf(1), 0.0, 0.0),
}
POLES = {
    ("log", 0.0): -INF, ("log2", 0.0): -INF, ("log10", 0.0): -INF,
    ("log1p", -1.0): -INF, ("atanh", 1.0): INF, ("atanh", -1.0): -INF,
}


def outside(name, x):
    if name in ("log", "log2", "log10", "sqrt", "rsqrt"):
        return x < 0
    if name in ("asin", "acos", "atanh"):
        return abs(x) > 1
    return name == "log1p" and x < -1 or name == "acosh" and x < 1


def unary(name, x):
    function, low, high = UNARY[name]
    if x != x:
        return {"isnan": 1.0, "isfinite": 0.0}.get(name, NAN)
    if x == -INF:
        return low
    if x == INF:
        return high
    if x == 0 and name in ("reciprocal", "rsqrt"):
        return -INF if np.signbit(x) else INF
    if (name, x) in POLES:
        return POLES[name, x]
    if outside(name, x):
        return NAN
    # Far out nothing but the order of magnitude is left, and mpmath would compute all the digits.
    if abs(x) > 800 and name in ("exp", "expm1", "exp2", "sinh", "cosh", "sigmoid", "log_sigmoid", "softplus", "elu", "silu", "gelu", "tanh"):
        if name == "exp2" and abs(x) < 1100:
            return double(function(mpf(x)))
        limits = {
            "exp": (0.0, INF), "expm1": (-1.0, INF), "exp2": (0.0, INF), "sinh": (-INF, INF), "cosh": (INF, INF), "sigmoid": (0.0, 1.0),
            "log_sigmoid": (x, 0.0), "softplus": (0.0, x), "elu": (-1.0, x), "silu": (0.0, x), "gelu": (0.0, x), "tanh": (-1.0, 1.0),
        }
        return limits[name][x > 0]
    if name == "gelu" and abs(x) > 45:
        return x if x > 0 else 0.0
    # log(1 + x) and its kind need the digits of 1 and of the smallest number at once.
    if abs(x) < 1e-100 and x != 0 and name in (
        "expm1", "log1p", "sin", "tan", "asin", "atan", "sinh", "tanh", "asinh", "atanh", "elu",
    ):
        return x
    return double(function(mpf(x)))


def text(x):
    return repr(float(x)).removesuffix(".0")


def line(name, operands, value):
    print(" | ".join([name, *map(text, operands)]), "=>", text(value))


BINARY = {
    "hypot": np.hypot, "atan2": np.arctan2, "logaddexp": np.logaddexp, "maximum": np.maximum, "minimum": np.minimum, "**": np.power,
    "/": np.divide, "%": np.mod, "//": np.floor_divide,
}
EXACT = {
    "hypot": lambda x, y: mpmath.sqrt(x * x + y * y),
    "atan2": lambda x, y: mpmath.atan2(x, y),
    "logaddexp": lambda x, y: max(x, y) + mpmath.log1p(mpmath.exp(-abs(x - y))) if abs(x - y) < 800 else max(x, y),
    "**": lambda x, y: x**y if x > 0 or y == int(y) else NAN,
}
PAIRS = [0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 3.0, 0.5, -0.5, 2.5, -7.25, 1e-300, 1e300, -1e300, 40.0, -40.0, 1000.0, INF, -INF, NAN]


def pair(name, x, y):
    special = not (np.isfinite(x) and np.isfinite(y))
    if name not in EXACT or special or (name in ("**", "atan2") and (x == 0 or y == 0)):
        with np.errstate(all="ignore"):
            return float(BINARY[name](np.float64(x), np.float64(y)))
    if name == "**" and abs(y) * abs(np.log2(abs(x))) > 1100:
        return float(np.power(np.float64(x), np.float64(y)))
    return double(EXACT[name](mpf(x), mpf(y)))


MORE = np.random.default_rng(2)


def bases_and_exponents():
    """Powers over the whole range, of bases of every size and of some next to 1."""
    for i in range(240):
        base = 2.0 ** MORE.uniform(-30, 30) if i % 2 else 1 + MORE.uniform(-0.5, 0.5) * 2.0 ** -MORE.uniform(0, 40)
        yield float(base), float(MORE.uniform(-1070, 1023) / np.log2(base))
    for base in (3.0, -3.0, 5.0, -7.0, 10.0, 0.75):
        for exponent in (3.0, 4.0, 5.0, 11.0, 22.0, 33.0, -1.0, -5.0):
            yield base, exponent


def sides():
    """Points of every size, the sides alike or not."""
    for i in range(120):
        size = MORE.uniform(-1060, 1020)
        yield tuple(float(MORE.normal() * 2.0 ** np.clip(size + MORE.normal(0, 9), -1060, 1020)) for _ in range(2))


def main():
    for name in UNARY:
        for x in POINTS:
            line(name, [x], unary(name, x))
    more = [(float(a), float(b)) for a, b in RANDOM.normal(0, 3, (60, 2))]
    for name in BINARY:
        others = {"**": bases_and_exponents, "hypot": sides, "atan2": sides}.get(name, list)
        for x, y in [(x, y) for x in PAIRS for y in PAIRS] + more + list(others()):
            line(name, [x, y], pair(name, x, y))


if __name__ == "__main__":
    sys.exit(main())
