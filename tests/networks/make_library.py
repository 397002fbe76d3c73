"""Writes library.txt: what PyTorch gives where the modules of the library have the same.

Run it with PyTorch 2 after changing it: python make_library.py > library.txt

A line is as make_fixtures.py describes it. A trajectory has a row for each step of an optimiser: the parameters
after it, of `bowl`, which is the same here and in the test.
"""

import math

import torch


def wave(shape, phase):
    i = torch.arange(math.prod(shape), dtype=torch.float64)
    return (torch.cos(1.3 * i + phase) + 0.25 * torch.sin(0.7 * i * i)).reshape(shape)


def show(x):
    x = x.detach()
    return ",".join(str(n) for n in x.shape) + " " + ",".join(repr(float(v)) for v in x.flatten())


STEPS = 25


def bowl(a, b):
    return ((a @ b - 1) ** 2).sum() + 0.1 * (a**4).sum()


def trajectory(call, make, schedule=None, clip=None):
    a, b = wave((3, 2), 0).requires_grad_(), wave((2,), 1).requires_grad_()
    optimiser = make([a, b])
    scheduler = schedule and schedule(optimiser)
    rows = []
    for _ in range(STEPS):
        optimiser.zero_grad()
        bowl(a, b).backward()
        if clip is not None:
            # clip_grad_norm_ adds 1e-6 to the norm.
            norm = torch.cat([a.grad.flatten(), b.grad]).norm()
            for x in (a, b):
                x.grad *= min(1, clip / norm)
        optimiser.step()
        if scheduler:
            scheduler.step()
        rows.append(torch.cat([a.detach().flatten(), b.detach()]).clone())
    limit = "" if clip is None else f", {clip}"
    print(f"import optim; trajectory({call}, {STEPS}{limit}) => {show(torch.stack(rows))}")


O = torch.optim
S = O.lr_scheduler
trajectory("optim.sgd(0.02)", lambda p: O.SGD(p, 0.02))
trajectory("optim.sgd(0.02, weight_decay = 0.1)", lambda p: O.SGD(p, 0.02, weight_decay=0.1))
trajectory("optim.sgd(0.02, momentum = 0.9)", lambda p: O.SGD(p, 0.02, momentum=0.9))
trajectory(
    "optim.sgd(0.02, momentum = 0.8, nesterov = true, weight_decay = 0.1)",
    lambda p: O.SGD(p, 0.02, momentum=0.8, nesterov=True, weight_decay=0.1),
)
trajectory("optim.adam(0.1)", lambda p: O.Adam(p, 0.1))
trajectory(
    "optim.adam(0.1, betas = (0.7, 0.8), eps = 0.01, weight_decay = 0.1)",
    lambda p: O.Adam(p, 0.1, (0.7, 0.8), 0.01, 0.1),
)
trajectory("optim.adamw(0.1)", lambda p: O.AdamW(p, 0.1))
trajectory(
    "optim.adamw(0.1, betas = (0.7, 0.8), eps = 0.01, weight_decay = 0.5)",
    lambda p: O.AdamW(p, 0.1, (0.7, 0.8), 0.01, 0.5),
)
trajectory("optim.rmsprop(0.02)", lambda p: O.RMSprop(p, 0.02))
trajectory(
    "optim.rmsprop(0.02, alpha = 0.8, eps = 0.01, momentum = 0.5, weight_decay = 0.1)",
    lambda p: O.RMSprop(p, 0.02, 0.8, 0.01, 0.1, 0.5),
)
trajectory("optim.adagrad(0.1)", lambda p: O.Adagrad(p, 0.1))
trajectory("optim.adagrad(0.1, eps = 0.01, weight_decay = 0.1)", lambda p: O.Adagrad(p, 0.1, 0, 0.1, 0, 0.01))

sgd = lambda p: O.SGD(p, 0.02)
trajectory("optim.sgd(optim.step_decay(0.02, every = 4, factor = 0.5))", sgd, lambda o: S.StepLR(o, 4, 0.5))
trajectory("optim.sgd(optim.exponential_decay(0.02, 0.9))", sgd, lambda o: S.ExponentialLR(o, 0.9))
trajectory("optim.sgd(optim.linear_decay(0.02, 10, least = 0.002))", sgd, lambda o: S.LinearLR(o, 1.0, 0.1, 10))
trajectory("optim.sgd(optim.cosine_decay(0.02, 25, least = 0.001))", sgd, lambda o: S.CosineAnnealingLR(o, 25, 0.001))
trajectory(
    "optim.sgd(optim.warmup(0.02, 5))", sgd, lambda o: S.LambdaLR(o, lambda count: min((count + 1) / 5, 1))
)
trajectory("optim.sgd(0.02)", sgd, clip=0.5)


def text(names):
    return "(" + ", ".join(f"{name} = {value}" for name, value in names.items()) + ")"


def layer(call, module, parameters, x, results, state=None):
    """What a layer gives, and the gradients by its input and its parameters.

    `parameters` says how those of the layer are found in those of PyTorch: the expression and the tensor. `results`
    takes what the module gives apart, as pairs of the expression and the tensor.
    """
    for p in module.parameters():
        p.requires_grad_(True)
    names = ", ".join(f"{name} = {expression}" for name, (expression, _) in parameters.items())
    setting = f"import nn; x = wave({tuple(x.shape)}, 0); p = ({names}); layer = {call}"
    begin = "" if state is None else f", {state}"
    for expression, tensor in results:
        value = f"layer.apply(p, x{begin}){expression}"
        print(f"{setting}; {value} => {show(tensor)}")
        weighted = (tensor * wave(tuple(tensor.shape), 2)).sum()
        wanted = [x] + [tensor for _, tensor in parameters.values()]
        grads = torch.autograd.grad(weighted, wanted, retain_graph=True)
        print(f"{setting}; grad(x -> weighted({value}))(x) => {show(grads[0])}")
        for name, gradient in zip(parameters, grads[1:]):
            print(f"{setting}; grad(p -> weighted({value}))(p).{name} => {show(gradient)}")


def leaf(shape, phase):
    return wave(shape, phase).requires_grad_()


N = torch.nn
BATCH, TIME, IN, SIZE = 2, 5, 3, 4
for kind, make, count in [("rnn", N.RNN, 1), ("lstm", N.LSTM, 4), ("gru", N.GRU, 3)]:
    width = count * SIZE
    w, u, b, c = leaf((IN, width), 1), leaf((SIZE, width), 2), leaf((width,), 3), leaf((width,), 4)
    module = make(IN, SIZE, batch_first=True).double()
    zero = torch.zeros(width, dtype=torch.float64)
    named = {"weight_ih_l0": w.T, "weight_hh_l0": u.T, "bias_ih_l0": b, "bias_hh_l0": c if kind == "gru" else zero}
    parameters = {
        "w": (f"wave(({IN}, {width}), 1)", w),
        "u": (f"wave(({SIZE}, {width}), 2)", u),
        "b": (f"wave({width}, 3)", b),
    }
    if kind == "gru":
        parameters["c"] = (f"wave({width}, 4)", c)
    x = leaf((BATCH, TIME, IN), 0)
    h = wave((BATCH, SIZE), 5)
    cell = wave((BATCH, SIZE), 6)
    if kind == "lstm":
        y, (last, after) = torch.func.functional_call(module, named, (x, (h[None], cell[None])))
        results = [("[0]", y), ("[1].h", last[0]), ("[1].c", after[0])]
        state = f"(h = wave(({BATCH}, {SIZE}), 5), c = wave(({BATCH}, {SIZE}), 6))"
    else:
        y, last = torch.func.functional_call(module, named, (x, h[None]))
        results = [("[0]", y), ("[1].h", last[0])]
        state = f"(h = wave(({BATCH}, {SIZE}), 5))"
    layer(f"nn.{kind}({IN}, {SIZE})", module, parameters, x, results, state)
    # From nothing.
    y = torch.func.functional_call(module, named, (x,))[0]
    print(
        f"import nn; x = wave({tuple(x.shape)}, 0); p = "
        + text({name: expression for name, (expression, _) in parameters.items()})
        + f"; nn.{kind}({IN}, {SIZE}).apply(p, x)[0] => {show(y)}"
    )

F = N.functional
q, k, v = (wave((2, 3, n, d), phase) for n, d, phase in [(4, 5, 0), (6, 5, 1), (6, 2, 2)])
setting = "a = wave((2, 3, 4, 5), 0); b = wave((2, 3, 6, 5), 1); c = wave((2, 3, 6, 2), 2)"
print(f"import nn; {setting}; nn.attend(a, b, c) => {show(F.scaled_dot_product_attention(q, k, v))}")
print(f"import nn; {setting}; nn.attend(a, b, c, causal = true) => {show(F.scaled_dot_product_attention(q, k, v, is_causal=True))}")
mask = wave((4, 6), 3) > -0.5
print(f"import nn; {setting}; nn.attend(a, b, c, mask = wave((4, 6), 3) > -0.5) => {show(F.scaled_dot_product_attention(q, k, v, mask))}")

WIDTH, HEADS = 6, 2
for causal in (False, True):
    module = N.MultiheadAttention(WIDTH, HEADS, batch_first=True).double()
    parts = {name: (leaf((WIDTH, WIDTH), i), leaf((WIDTH,), i + 4)) for i, name in enumerate(["query", "key", "value", "out"])}
    named = {
        "in_proj_weight": torch.cat([parts[name][0].T for name in ("query", "key", "value")]),
        "in_proj_bias": torch.cat([parts[name][1] for name in ("query", "key", "value")]),
        "out_proj.weight": parts["out"][0].T,
        "out_proj.bias": parts["out"][1],
    }
    x = leaf((2, 5, WIDTH), 0)
    mask = torch.triu(torch.ones(5, 5, dtype=torch.bool), 1) if causal else None
    y, _ = torch.func.functional_call(module, named, (x, x, x), {"attn_mask": mask, "need_weights": False})
    expression = text({name: f"(w = wave(({WIDTH}, {WIDTH}), {i}), b = wave({WIDTH}, {i + 4}))" for i, name in enumerate(parts)})
    setting = f"import nn; x = wave((2, 5, {WIDTH}), 0); p = {expression}; layer = nn.attention({WIDTH}, {HEADS}, causal = {str(causal).lower()})"
    print(f"{setting}; layer.apply(p, x) => {show(y)}")
    weighted = (y * wave(tuple(y.shape), 2)).sum()
    leaves = [leaf for pair in parts.values() for leaf in pair]
    grads = torch.autograd.grad(weighted, [x] + leaves)
    print(f"{setting}; grad(x -> weighted(layer.apply(p, x)))(x) => {show(grads[0])}")
    names = [f"{name}.{part}" for name in parts for part in ("w", "b")]
    for name, gradient in zip(names, grads[1:]):
        print(f"{setting}; grad(p -> weighted(layer.apply(p, x)))(p).{name} => {show(gradient)}")

for name, make, x_shape, w_shape, options in [
    ("conv1d", N.Conv1d, (2, 4, 9), (6, 2, 3), "stride = 2, padding = 1, groups = 2"),
    ("conv2d", N.Conv2d, (2, 4, 6, 7), (6, 2, 3, 2), "stride = 2, padding = 1, groups = 2"),
]:
    size = w_shape[2:] if len(w_shape) > 3 else w_shape[2]
    module = make(4, 6, size, 2, 1, groups=2).double()
    w, b, x = leaf(w_shape, 1), leaf((6,), 2), leaf(x_shape, 0)
    y = torch.func.functional_call(module, {"weight": w, "bias": b}, (x,))
    parameters = {"w": (f"wave({w_shape}, 1)", w), "b": ("wave(6, 2)", b)}
    layer(f"nn.{name}(4, 6, {size}, {options})", module, parameters, x, [("", y)])

w, b, x = leaf((6, 3), 1), leaf((3,), 2), leaf((4, 6), 0)
layer("nn.dense(6, 3)", N.Linear(6, 3), {"w": ("wave((6, 3), 1)", w), "b": ("wave(3, 2)", b)}, x, [("", x @ w + b)])
w, b, x = leaf((6,), 1), leaf((6,), 2), leaf((4, 6), 0)
layer("nn.layer_norm(6)", N.LayerNorm(6), {"w": ("wave(6, 1)", w), "b": ("wave(6, 2)", b)}, x, [("", F.layer_norm(x, (6,), w, b))])
module = N.BatchNorm1d(3).double()
w, b, x = leaf((3,), 1), leaf((3,), 2), leaf((5, 3), 0)
module.running_mean, module.running_var = wave((3,), 3), wave((3,), 4) + 2
y = torch.func.functional_call(module, {"weight": w, "bias": b}, (x,))
setting = f"import nn; x = wave((5, 3), 0); p = (w = wave(3, 1), b = wave(3, 2)); s = (mean = wave(3, 3), var = wave(3, 4) + 2)"
value = "(train_mode < nn.batch_norm(3).apply(p, x, s) >)"
print(f"{setting}; {value}[0] => {show(y)}")
print(f"{setting}; {value}[1].mean => {show(module.running_mean)}")
print(f"{setting}; {value}[1].var => {show(module.running_var)}")
