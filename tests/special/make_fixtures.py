"""Writes fixtures.txt: special functions at many points, hard ones among them.

Run it with SciPy and mpmath after changing it: python make_fixtures.py > fixtures.txt

A line is `function | operand | operand => value`. Values are mpmath's with 60 digits; at infinities, poles and
where numbers overflow they are SciPy's.
"""

import math

import mpmath
import numpy as np
import scipy.special as special
from mpmath import mp, mpf

mp.dps = 60
np.seterr(all="ignore")
INF, NAN = math.inf, math.nan
RANDOM = np.random.default_rng(7)

REAL = [
    0.0, 1e-300, 1e-20, 1e-8, 1e-3, 0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999, 1.0, 1.0000001, 1.25, 1.4616321449683622,
    1.46163214, 1.5, 1.75, 1.999999, 2.0, 2.0000001, 2.5, 3.0, 3.7, 5.0, 7.5, 10.0, 15.25, 20.5, 25.5, 26.5, 27.2, 50.0, 100.0,
    150.5, 170.0, 171.6, 172.0, 1e3, 12345.678, 1e5, 1e8, 1e15, 1e17, 1e100, 1e300, INF, NAN,
]
NEGATIVE = [
    -1e-300, -1e-8, -1e-3, -0.25, -0.5, -0.504083008264455, -0.999, -1.0, -1.0000001, -1.5, -1.573498, -2.0, -2.4570247,
    -2.5, -2.7476827, -3.1435809, -3.5, -4.0001, -9.5, -10.0, -10.7, -20.3, -50.5, -100.001, -150.3, -169.5, -1000.5, -12345.75,
    -1e6 - 0.5, -1e10 - 0.25, -INF,
]
MANY = [float(x) for x in np.concatenate([
    RANDOM.uniform(-10, 10, 120), RANDOM.normal(0, 2, 80), RANDOM.uniform(-160, 160, 60), RANDOM.uniform(0.8, 2.3, 60),
])]
POINTS = REAL + NEGATIVE + MANY


def exact(function, *operands):
    """As a float, if mpmath has a value there."""
    try:
        value = function(*map(mpf, operands))
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    if isinstance(value, mpmath.mpc):
        value = value.real
    return float(value) if mpmath.isfinite(value) else None


UNARY = {
    "erf": (mpmath.erf, special.erf, 30),
    "erfc": (mpmath.erfc, special.erfc, 26.5),
    "gamma": (mpmath.gamma, special.gamma, 171.7),
    "lgamma": (lambda x: mpmath.re(mpmath.loggamma(x)), special.gammaln, 1e6),
    "digamma": (mpmath.digamma, special.digamma, 1e6),
    "sinc": (lambda x: mpmath.sinpi(x) / (mpmath.pi * x), None, 1e15),
}


def line(name, operands, value):
    print(" | ".join([name, *(repr(float(x)).removesuffix(".0") for x in operands)]), "=>", repr(float(value)))


def main():
    for name, (function, other, limit) in UNARY.items():
        for x in POINTS:
            value = exact(function, x) if abs(x) <= limit else None
            if value is None and other is not None:
                value = float(other(x))
            if name == "sinc" and value is None:
                value = 1.0 if x == 0 else NAN if x != x else 0.0 if math.isinf(x) else None
            if value is not None and not 0 < abs(value) < 1e-300:
                line(name, [x], value)
    for x in [0.0, 1e-300, 1e-10, 0.1, 0.5, 0.9, 0.99, 0.999999, 1 - 2**-53, 1.0, 1.5, -0.3, -1.0, -2.0, NAN, INF] + [
        float(x) for x in RANDOM.uniform(-1, 1, 150)
    ]:
        value = exact(mpmath.erfinv, x) if abs(x) < 1 else float(special.erfinv(x))
        line("erfinv", [x], value)
    for n in [0, 1, 2, 3, 5, 8, 20, 100]:
        for x in [x for x in POINTS if abs(x) < 200 and x != 0]:
            # At half-integers and for high orders mpmath loses most of its digits to cancellation.
            with mp.workdps(400 if x < 0 and n > 8 else 60):
                value = exact(lambda x: mpmath.polygamma(n, x), x)
            if value is None and x != x:
                value = NAN
            # As special.polygamma has them.
            if value is None and x < 0 and x == int(x) and n > 0:
                value = INF if n % 2 else -INF
            # Where two large terms cancel a double does not tell them apart.
            if value is not None and x < 0 and n > 1:
                scale = abs(exact(lambda x: mpmath.polygamma(n, 1 - x), x))
                if abs(value) < 1e-2 * scale:
                    continue
            if value is not None and 1e-300 < abs(value) or value != value:
                line("polygamma", [n, x], value)
        for x in [1e3, 1e5, 1e8]:
            line("polygamma", [n, x], exact(lambda x: mpmath.polygamma(n, x), x))
    for n in [0, 1, 2, 3, 6, 12]:
        for x in [1e-9, 1e-3, 0.1, 0.31, 0.32, 0.5, 0.77, 1.0, 1.3, 2.2, 4.75, 20.1, 1000.25]:
            series = lambda t: mpmath.quad(lambda s: (mpmath.pi * s) ** n * mpmath.cos(mpmath.pi * t * s + n * mpmath.pi / 2), [0, 1])
            if x < 5:
                line("(sinc derivative)", [n, x], exact(series, x))
    positive = [1e-10, 0.1, 0.5, 1.0, 1.5, 2.0, 3.3, 10.0, 21.0, 50.5, 100.0, 500.0, 1e4, 1e5]
    for a in positive + [-0.5, -1.3, -2.5, -7.9]:
        for b in positive + [-0.5, -1.3, -2.5, -7.9]:
            value = exact(mpmath.beta, a, b)
            if value is not None and not 0 < abs(value) < 1e-300:
                line("beta", [a, b], value)
    for a, b in [(0, 1), (0, -0.5), (-1, 0.5), (-1, 1), (-2, 1), (-2, 2), (-2, 3), (3, -1), (INF, 2), (INF, -0.5), (INF, INF), (NAN, 1),
                 (1e10, 3.3), (3.3, 1e10), (1e10, 0.1), (1e300, 1e-3), (1e-300, 1e-300), (1e10, -2.5)]:
        line("beta", [a, b], special.beta(a, b))
    for x in [0.0, 1e-300, 0.5, 1.0, -2.0, 1e300, INF, NAN]:
        for y in [0.0, 1e-300, 0.5, 1.0, -2.0, 1e300, INF, NAN]:
            line("xlogy", [x, y], special.xlogy(x, y))


main()
