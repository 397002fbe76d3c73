"""Writes losses.txt: losses and activations, and their gradients, as PyTorch gives them.

Run it with PyTorch 2 after changing it: python make_losses.py > losses.txt

A line is `program => shape values`; the operands are those of make_fixtures.py, divided by 4.
"""

import math

import torch
import torch.nn.functional as F


def made(shape, seed):
    i = torch.arange(math.prod(shape))
    return ((((7919 * i + i**3 + seed) % 1009 - 504) / 64).double() / 4).reshape(shape)


def number(x):
    return repr(float(x)).removesuffix(".0")


def text(shape, seed):
    return f"made({tuple(shape)}, {seed}) / 4"


def case(call, f, *shapes):
    """`call` has `a`, `b` for the operands; the gradient is that of the sum weighted by the sine of the position."""
    names = "abc"[: len(shapes)]
    operands = [made(shape, 5 * k).requires_grad_() for k, shape in enumerate(shapes)]
    given = ", ".join(text(shape, 5 * k) for k, shape in enumerate(shapes))
    function = f"({', '.join(names)}) -> {call}" if len(names) > 1 else f"{names} -> {call}"
    result = f(*operands)
    show(f"({function})({given})", result)
    weights = torch.sin(1 + torch.arange(result.numel(), dtype=torch.float64)).reshape(result.shape)
    for k, gradient in enumerate(torch.autograd.grad((weights * result).sum(), operands)):
        show(f"grad(({', '.join(names)}) -> weighted({call}), {k})({given})", gradient)


def show(program, x):
    shape = ",".join(map(str, x.shape)) or "-"
    print(f"{program} => {shape} {','.join(map(number, x.detach().flatten())) or '-'}")


for shape in [(40,), (6, 7), (2, 3, 4), ()]:
    case("mse_loss(a, b)", F.mse_loss, shape, shape)
    for delta in [1, 0.4, 3]:
        case(f"huber_loss(a, b, delta = {delta})", lambda a, b: F.huber_loss(a, b, delta=delta), shape, shape)
    case("binary_cross_entropy_with_logits(a, sigmoid(b))", lambda a, b: F.binary_cross_entropy_with_logits(a, torch.sigmoid(b)), shape, shape)
    for name, f in [
        ("relu", F.relu), ("sigmoid", torch.sigmoid), ("softplus", F.softplus), ("log_sigmoid", F.logsigmoid), ("silu", F.silu), ("gelu", F.gelu),
        ("elu", F.elu), ("leaky_relu", F.leaky_relu),
    ]:
        case(f"{name}(a)", f, shape)
    case("elu(a, 0.3)", lambda a: F.elu(a, 0.3), shape)
    case("leaky_relu(a, 0.2)", lambda a: F.leaky_relu(a, 0.2), shape)
for rows, classes in [(1, 2), (5, 3), (8, 10)]:
    labels = [(3 * i + 1) % classes for i in range(rows)]
    case(f"cross_entropy(a, {labels})", lambda a: F.cross_entropy(a, torch.tensor(labels)), (rows, classes))
    case("cross_entropy(a, softmax(b))", lambda a, b: F.cross_entropy(a, torch.softmax(b, -1)), (rows, classes), (rows, classes))
for axis in [0, 1, 2]:
    case(f"softmax(a, {axis})", lambda a: torch.softmax(a, axis), (3, 4, 5))
    case(f"log_softmax(a, {axis})", lambda a: torch.log_softmax(a, axis), (3, 4, 5))
    case(f"logsumexp(a, {axis})", lambda a: torch.logsumexp(a, axis), (3, 4, 5))
for p in [1, 2, 3, 1.5, math.inf, -math.inf]:
    value = "inf" if p == math.inf else "-inf" if p == -math.inf else number(p)
    case(f"norm(a, {value}, 1)", lambda a: torch.linalg.vector_norm(a, p, 1), (4, 6))
for ddof in [0, 1]:
    case(f"var(a, 1, ddof = {ddof})", lambda a: torch.var(a, 1, correction=ddof), (4, 6))
    case(f"std(a, ddof = {ddof})", lambda a: torch.std(a, correction=ddof), (4, 6))
case("cumsum(a, 1)", lambda a: torch.cumsum(a, 1), (3, 5))
case("cumprod(a, 1)", lambda a: torch.cumprod(a, 1), (3, 5))
case("sort(a, 1)", lambda a: torch.sort(a, 1).values, (3, 5))
case("topk(a, 2, 1).values", lambda a: torch.topk(a, 2, 1).values, (3, 5))
case("quantile(a, [0.1, 0.6], 1)", lambda a: torch.quantile(a, torch.tensor([0.1, 0.6], dtype=torch.float64), 1), (3, 5))
case("median(a, 1)", lambda a: torch.median(a, 1).values, (3, 5))
