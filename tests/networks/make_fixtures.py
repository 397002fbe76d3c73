"""Writes fixtures.txt: what PyTorch gives for convolutions, poolings and normalisations, and their gradients.

Run it with PyTorch 2 after changing it: python make_fixtures.py > fixtures.txt

A line is `program => shape values`, in double precision. The operands are the same closed formula here and in
the test: `wave(shape, phase)` has the element cos(1.3 * i + phase) + 0.25 * sin(0.7 * i * i) at position i.
Every case is followed by the gradient of `sum(result * wave(result.shape, 2))` by each operand.
"""

import math

import torch
import torch.nn.functional as F


def wave(shape, phase):
    i = torch.arange(math.prod(shape), dtype=torch.float64)
    return (torch.cos(1.3 * i + phase) + 0.25 * torch.sin(0.7 * i * i)).reshape(shape)


def show(x):
    x = x.detach()
    shape = ",".join(str(n) for n in x.shape) or "-"
    return shape + " " + (",".join(repr(float(v)) for v in x.flatten()) or "-")


def text(value):
    if isinstance(value, (tuple, list)):
        return "(" + ", ".join(str(v) for v in value) + ")"
    return str(value).lower() if isinstance(value, bool) else str(value)


def case(name, f, shapes, **options):
    """Operand number k is wave(shapes[k], k)."""
    operands = [wave(shape, k).requires_grad_() for k, shape in enumerate(shapes)]
    named = "".join(f", {key} = {text(value)}" for key, value in options.items())
    names = ["a", "b", "c", "d", "e"][: len(shapes)]
    call = f"{name}({', '.join(names)}{named})"
    setting = "; ".join(f"{n} = wave({text(tuple(shape))}, {k})" for k, (n, shape) in enumerate(zip(names, shapes)))
    result = f(*operands)
    print(f"{setting}; {call} => {show(result)}")
    grads = torch.autograd.grad((result * wave(tuple(result.shape), 2)).sum(), operands)
    for k, gradient in enumerate(grads):
        parameters = ", ".join(names)
        print(f"{setting}; grad(({parameters}) -> weighted({call}), {k})({parameters}) => {show(gradient)}")


for groups, stride, padding in [(1, 1, 0), (1, 2, 1), (2, 1, 2), (2, 3, 1), (4, 1, 1)]:
    case("conv2d", lambda x, w, b: F.conv2d(x, w, b, stride, padding, groups=groups),
         [(2, 4, 6, 7), (8, 4 // groups, 3, 2), (8,)], stride=stride, padding=padding, groups=groups)
    case("conv1d", lambda x, w, b: F.conv1d(x, w, b, stride, padding, groups=groups),
         [(3, 4, 9), (4, 4 // groups, 4), (4,)], stride=stride, padding=padding, groups=groups)
case("conv2d", F.conv2d, [(1, 1, 5, 5), (1, 1, 5, 5)])
case("conv2d", F.conv2d, [(3, 2, 4, 4), (5, 2, 1, 1)])
case("conv2d", lambda x, w: F.conv2d(x, w, None, (2, 1), (0, 3)), [(2, 3, 7, 5), (2, 3, 2, 4)], stride=(2, 1), padding=(0, 3))
# Wide enough that the work is done in several parts.
case("conv2d", lambda x, w: F.conv2d(x, w, None, 1, 1), [(1, 1, 40, 40), (1, 1, 8, 8)], padding=1)

for kernel, stride, padding in [(2, 2, 0), (3, 2, 1), ((2, 3), (1, 2), (1, 0)), (1, 1, 0), (4, 1, 2), (5, 5, 0)]:
    for name, f in [("max_pool2d", F.max_pool2d), ("avg_pool2d", F.avg_pool2d)]:
        case(name, lambda x: f(x, kernel, stride, padding), [(2, 3, 6, 7)], kernel=kernel, stride=stride, padding=padding)

case("layer_norm", lambda x, w, b: F.layer_norm(x, (5,), w, b), [(3, 4, 5), (5,), (5,)])
case("layer_norm", lambda x: F.layer_norm(x, (4, 5), eps=0.01), [(3, 4, 5)], axis=(1, 2), eps=0.01)


def batch(shape, training):
    """The result alone, then the running statistics, which have no gradient."""
    c = shape[1]
    mode = "train_mode" if training else "predict_mode"
    mean, var = wave((c,), 3), wave((c,), 4) + 2
    x, w, b = (wave(s, k).requires_grad_() for k, s in enumerate([shape, (c,), (c,)]))
    y = F.batch_norm(x, mean, var, w, b, training, 0.3, 0.01)
    setting = f"a = wave({text(shape)}, 0); b = wave({c}, 1); c = wave({c}, 2)"
    call = f"{mode} < batch_norm(a, wave({c}, 3), wave({c}, 4) + 2, b, c, 0.3, 0.01) >"
    print(f"{setting}; ({call}).y => {show(y)}")
    print(f"{setting}; ({call}).mean => {show(mean)}")
    print(f"{setting}; ({call}).var => {show(var)}")
    grads = torch.autograd.grad((y * wave(shape, 2)).sum(), (x, w, b))
    for k, gradient in enumerate(grads):
        print(f"{setting}; grad((a, b, c) -> weighted(({call}).y), {k})(a, b, c) => {show(gradient)}")


for shape in [(6, 3), (2, 3, 4), (2, 3, 4, 5)]:
    batch(shape, True)
    batch(shape, False)

table, ids = wave((5, 3), 0).requires_grad_(), torch.tensor([[4, 0, 4], [1, 1, 0]])
picked = F.embedding(ids, table)
print(f"a = wave((5, 3), 0); embedding([[4, 0, 4], [1, 1, 0]], a) => {show(picked)}")
(gradient,) = torch.autograd.grad((picked * wave((2, 3, 3), 2)).sum(), table)
print(f"a = wave((5, 3), 0); grad(a -> weighted(embedding([[4, 0, 4], [1, 1, 0]], a)))(a) => {show(gradient)}")
