"""Prints the polynomials of src/array/elementary, each with the largest error it leaves.

    python minimax.py            (needs mpmath)

The exchange algorithm of Remez in 60 digits: the polynomial whose weighted error has equal and alternating
extremes. Coefficients are then rounded to the type.
"""

import struct

from mpmath import asin, atan, cos, exp, linspace, log, lu_solve, matrix, mp, mpf, pi, sin, sqrt

mp.dps = 60


def single(x):
    return mpf(struct.unpack("f", struct.pack("f", float(x)))[0])


def double(x):
    return mpf(float(x))


def fit(f, weight, low, high, powers):
    """The coefficients of `powers`, and the largest weighted error."""
    count = len(powers)
    nodes = [(low + high) / 2 + (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * count + 2)) for i in range(count + 1)][::-1]
    # None at zero, where a weight may vanish.
    nodes = [t + (high - low) / 997 for t in nodes]
    grid = [(low + high) / 2 - (high - low) / 2 * cos(pi * mpf(i) / 1200) for i in range(1201)]
    grid = [t for t in grid if weight(t) != 0]
    values = [(t, f(t), weight(t)) for t in grid]
    for _ in range(12):
        system = matrix(count + 1)
        right = matrix(count + 1, 1)
        for i, t in enumerate(nodes):
            for j, p in enumerate(powers):
                system[i, j] = t**p * weight(t)
            system[i, count] = (-1) ** i
            right[i] = f(t) * weight(t)
        solution = lu_solve(system, right)
        coefficients = [solution[j] for j in range(count)]
        error = lambda t, y, w: (sum(c * t**p for c, p in zip(coefficients, powers)) - y) * w
        errors = [(error(*v), v[0]) for v in values]
        # One extreme from each stretch of one sign.
        extremes = []
        for e, t in errors:
            if extremes and (extremes[-1][0] > 0) == (e > 0):
                if abs(e) > abs(extremes[-1][0]):
                    extremes[-1] = (e, t)
            else:
                extremes.append((e, t))
        while len(extremes) > count + 1:
            extremes.pop(0 if abs(extremes[0][0]) < abs(extremes[-1][0]) else -1)
        largest = max(abs(e) for e, _ in errors)
        if len(extremes) < count + 1:
            break
        nodes = [t for _, t in extremes]
        if largest < abs(solution[count]) * (1 + mpf(10) ** -6):
            break
    return coefficients, largest


def rounded(name, f, weight, low, high, powers, to=double):
    coefficients, best = fit(f, weight, mpf(low), mpf(high), list(powers))
    fixed = [(to(c), p) for c, p in zip(coefficients, powers)]
    known = [(t, f(t), weight(t)) for t in linspace(mpf(low), mpf(high), 2001)]
    error = max(abs((sum(c * t**p for c, p in fixed) - y) * w) for t, y, w in known)
    print(f"{name}: error 2^{float(log(error, 2)):.1f} (unrounded 2^{float(log(best, 2)):.1f})")
    for c, p in fixed:
        digits = 17 if to is double else 9
        print(f"    {float(c):.{digits - 1}e}, // {p}")


def series(f, at_zero):
    """`f`, with its limit at zero."""
    return lambda t: f(t) if abs(t) > mpf(10) ** -25 else mpf(at_zero)


HALF_LN2 = log(2) / 2 * mpf("1.0005")
# The square of the largest quotient that a power leaves to its series.
NEAREST = mpf("0.0598") ** 2
QUARTER = (pi / 4 * mpf("1.001")) ** 2


def main(only=None):
    jobs = {
        "exp": lambda to, n: rounded("exp", series(lambda r: (exp(r) - 1 - r) / r**2, 0.5), lambda r: r**2 / exp(r), -HALF_LN2, HALF_LN2, range(n), to),
        "log": lambda to, n: rounded(
            "log", series(lambda z: (log((1 + sqrt(z)) / (1 - sqrt(z))) / sqrt(z) - 2) / z, mpf(2) / 3), lambda z: z, 0, ((sqrt(2) - 1) / (sqrt(2) + 1)) ** 2 * mpf("1.001"), range(n), to),
        "power": lambda to, n: rounded(
            "power", series(lambda z: ((log((1 + sqrt(z)) / (1 - sqrt(z))) / sqrt(z) - 2) - 2 * z / 3) / z**2, mpf(2) / 5), lambda z: z**2 / 2, 0, NEAREST, range(n), to),
        "cbrt": lambda to, n: rounded("cbrt", lambda m: m ** (-mpf(1) / 3), lambda m: m ** (mpf(1) / 3), sqrt(mpf(1) / 2) * mpf("0.9999"), sqrt(mpf(2)) * mpf("1.0001"), range(n), to),
        "sin": lambda to, n: rounded("sin", series(lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z, -mpf(1) / 6), lambda z: z, 0, QUARTER, range(n), to),
        "cos": lambda to, n: rounded("cos", series(lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2, mpf(1) / 24), lambda z: z**2, 0, QUARTER, range(n), to),
        "asin": lambda to, n: rounded("asin", series(lambda z: (asin(sqrt(z)) / sqrt(z) - 1) / z, mpf(1) / 6), lambda z: z, 0, mpf("0.2502"), range(n), to),
        "atan": lambda to, n: rounded("atan", series(lambda z: (atan(sqrt(z)) / sqrt(z) - 1) / z, -mpf(1) / 3), lambda z: z, 0, (sqrt(2) - 1) ** 2 * mpf("1.001"), range(n), to),
    }
    sizes = {"exp": (10, 5), "log": (7, 4), "power": (5, 2), "cbrt": (6, 4), "sin": (6, 3), "cos": (6, 3), "asin": (12, 5), "atan": (12, 5)}
    for name, job in jobs.items():
        if only and name not in only:
            continue
        for to, n in zip((double, single), sizes[name]):
            job(to, n)


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
