"""Writes fixtures.txt: programs, and what SciPy gives for them.

Run it with NumPy 2 and SciPy after changing it: python make_fixtures.py > fixtures.txt

A line is a program, ` => `, and the value as a literal, exact to the last digit.
"""

import numpy as np
from scipy import integrate, optimize


def literal(x):
    x = np.asarray(x, dtype=float)
    if x.ndim == 0:
        return repr(float(x)).removesuffix(".0")
    return "[" + ", ".join(literal(row) for row in x) + "]"


def case(program, value):
    print(f"{program} => {literal(value)}")


def root(program, f, x0):
    found = optimize.root(f, x0, tol=1e-14)
    assert np.abs(found.fun).max() < 1e-12, program
    case(program, found.x if np.ndim(x0) else found.x[0])


def ode(program, f, y0, t):
    found = integrate.solve_ivp(
        lambda s, y: f(y, s), (t[0], t[-1]), np.atleast_1d(y0), "DOP853", t, rtol=1e-13, atol=1e-13
    )
    y = found.y.T
    case(program, y if np.ndim(y0) else y[:, 0])


root("root(x -> cos(x) - x, 1)", lambda x: np.cos(x) - x, 1.0)
root("root(x -> x * exp(x) - 3, 1)", lambda x: x * np.exp(x) - 3, 1.0)
root(
    "root(x -> [x[0] * cos(x[1]) - 4, x[0] * x[1] - x[1] - 5], [1, 1])",
    lambda x: [x[0] * np.cos(x[1]) - 4, x[0] * x[1] - x[1] - 5],
    [1.0, 1.0],
)
case("root(x -> tanh(x), 5)", 0.0)
case("fixed_point(x -> exp(-x), 1)", optimize.fixed_point(lambda x: np.exp(-x), 1.0, xtol=1e-14))
case(
    "fixed_point(x -> sqrt([10, 12] / (x + [3, 5])), [1.2, 1.3])",
    optimize.fixed_point(lambda x: np.sqrt(np.array([10, 12]) / (x + np.array([3, 5]))), [1.2, 1.3], xtol=1e-14),
)
case("minimize(x -> x ** 4 - 3 * x, 1)", optimize.minimize_scalar(lambda x: x**4 - 3 * x, tol=1e-15).x)
booth = optimize.minimize(lambda x: (x[0] + 2 * x[1] - 7) ** 2 + (2 * x[0] + x[1] - 5) ** 2, [0, 0], tol=1e-14)
case("minimize(x -> (x[0] + 2 * x[1] - 7) ** 2 + (2 * x[0] + x[1] - 5) ** 2, [0, 0])", np.round(booth.x, 6))

ode(
    "odeint((y, t) -> [1.5 * y[0] - y[0] * y[1], y[0] * y[1] - 3 * y[1]], [1, 1], [0, 1, 2.5, 5])",
    lambda y, t: [1.5 * y[0] - y[0] * y[1], y[0] * y[1] - 3 * y[1]],
    [1.0, 1.0],
    [0, 1, 2.5, 5],
)
ode(
    "odeint((y, t) -> [y[1], (1 - y[0] ** 2) * y[1] - y[0]], [2, 0], [0, 1, 5, 10])",
    lambda y, t: [y[1], (1 - y[0] ** 2) * y[1] - y[0]],
    [2.0, 0.0],
    [0, 1, 5, 10],
)
ode("odeint((y, t) -> sin(t) - y * t, 1, [1, 0.5, -1])", lambda y, t: np.sin(t) - y * t, 1.0, [1, 0.5, -1])
ode("odeint((y, t, k) -> k * y * (1 - y), 0.1, [0, 1, 4], args = 2)", lambda y, t: 2 * y * (1 - y), 0.1, [0, 1, 4])
