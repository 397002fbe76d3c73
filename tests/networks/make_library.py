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
