"""Makes checksums.txt: what every workload of scripts/bench must compute at its small size.

    python3 make_checksums.py > checksums.txt        (PyTorch 2.x)

One line for each measurement: workload, phase, n, dtype, then the loss, the sum of the gradient, the sum
of its absolute values, and its sum weighted by cos(0.1 k). Everything is computed in double precision,
also what Adlib computes in singles.
"""
import math
import torch

torch.set_default_dtype(torch.float64)
index = lambda n: torch.arange(n, dtype=torch.float64)


def mat(rows, columns, scale=1.0, phase=0.0):
    i, j = index(rows)[:, None], index(columns)
    return scale * torch.cos(1.3 * i + 0.7 * j + 0.11 * i * j + phase)


def leaf(x):
    return x.clone().requires_grad_()


def line(work, phase, n, loss, grads=(), dtypes=("-",)):
    flat = torch.cat([g.detach().reshape(-1) for g in grads]) if grads else None
    sums = [] if flat is None else [flat.sum(), flat.abs().sum(), (flat * torch.cos(0.1 * index(flat.numel()))).sum()]
    for dtype in dtypes:
        print(work, phase, n, dtype, *(f"{float(x):.17g}" for x in [loss, *sums]), sep="\t")


BOTH = ("f32", "f64")


def scalars(n):
    x = leaf(torch.tensor(0.5))
    z = x
    for _ in range(n):
        z = z.sin() * 1.0001 + 0.1 * x
    z.backward()
    for phase in ("fwd/op", "bwd/op"):
        line("W2", phase, n, z, [x.grad])


def loops(n, turns):
    line("W3", "-", n, n * (n + 1) / 2)
    v = index(10).sin()
    for _ in range(turns):
        v = v * 0.999 + 0.001
    line("W3b", "array op", 10, v.sum())


def control_flow():
    a = leaf(torch.tensor([0.3, 0.7]))
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    c = b[0] if b.sum() >= 0 else b[1]
    c.backward()
    line("W4", "-", "-", c, [a.grad])


def chains(sizes):
    for dtype in BOTH:
        for n in sizes:
            x = leaf(3 * torch.sin(0.37 * index(n) + 0.5))
            y = ((-x * x / 2).exp() * (3 * x).sin() + (x * x).log1p() * x.tanh()).sum()
            y.backward()
            line("W5", "-", n, y, [x.grad], (dtype,))


def products(n):
    a, b = leaf(mat(n, n, 0.1)), leaf(mat(n, n, 0.1, 1.0))
    y = ((a @ b) ** 2).sum()
    y.backward()
    line("W6", "-", n, y, [a.grad, b.grad], BOTH)


def network(batch, sizes):
    x, y = mat(batch, sizes[0]), torch.arange(batch) % 10
    p = []
    for k, scale in enumerate((0.05, 0.08, 0.1)):
        p += [leaf(mat(sizes[k], sizes[k + 1], scale, float(k))), leaf(torch.zeros(sizes[k + 1]))]
    v = [torch.zeros_like(q) for q in p]
    for _ in range(10):
        h = torch.relu(x @ p[0] + p[1])
        h = torch.relu(h @ p[2] + p[3])
        loss = torch.nn.functional.cross_entropy(h @ p[4] + p[5], y)
        grads = torch.autograd.grad(loss, p)
        v = [0.9 * old + g for old, g in zip(v, grads)]
        p = [leaf((q - 0.01 * w).detach()) for q, w in zip(p, v)]
    line("W7", "-", batch, loss, p, BOTH)


def logistic(rows, steps):
    x = mat(rows, 100)
    y = (x @ torch.cos(0.9 * index(100)) > 0).double()
    w = leaf(torch.zeros(100))
    for _ in range(steps):
        z = x @ w
        loss = (torch.nn.functional.softplus(z) - y * z).mean()
        (g,) = torch.autograd.grad(loss, w)
        w = leaf((w - 0.5 * g).detach())
    line("W8", "-", "-", loss, [w], BOTH)


def recurrent(times, batch, inputs, hidden):
    t, b, k = index(times)[:, None, None], index(batch)[:, None], index(inputs)
    xs = torch.cos(1.3 * t + 0.7 * b + 0.11 * (b * k) + 0.37 * k)
    wx, wh = leaf(mat(inputs, 4 * hidden, 0.1)), leaf(mat(hidden, 4 * hidden, 0.1, 1.0))
    bias = leaf(torch.zeros(4 * hidden))
    h = c = torch.zeros(batch, hidden)
    for x in xs:
        i, f, g, o = (x @ wx + h @ wh + bias).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
    loss = (h * h).mean()
    loss.backward()
    line("W9", "-", "-", loss, [wx.grad, wh.grad, bias.grad], BOTH)


def convolution(batch):
    F = torch.nn.functional
    x, y = mat(batch, 784).reshape(batch, 1, 28, 28), torch.arange(batch) % 10
    p = [mat(16, 9, 0.3).reshape(16, 1, 3, 3), torch.zeros(16), mat(32, 144, 0.08, 1.0).reshape(32, 16, 3, 3),
         torch.zeros(32), mat(800, 10, 0.05, 2.0), torch.zeros(10)]
    p = [leaf(q) for q in p]
    h = F.max_pool2d(torch.relu(F.conv2d(x, p[0], p[1])), 2)
    h = F.max_pool2d(torch.relu(F.conv2d(h, p[2], p[3])), 2)
    loss = F.cross_entropy(h.flatten(1) @ p[4] + p[5], y)
    loss.backward()
    line("W10", "-", "-", loss, [q.grad for q in p], BOTH)


def second_order(n):
    rosenbrock = lambda x: (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()
    x = leaf(1 + 0.3 * torch.sin(0.37 * index(n)))
    hessian = torch.autograd.functional.hessian(rosenbrock, x)
    line("W11", "hessian", "-", rosenbrock(x), [hessian])
    (g,) = torch.autograd.grad(rosenbrock(x), x, create_graph=True)
    (g * g).sum().sqrt().backward()
    line("W11", "grad-norm-grad", "-", (g * g).sum().sqrt(), [x.grad])


def algebra(n):
    a, b = leaf(mat(n, n)), torch.sin(0.37 * index(n))
    m = a @ a.T / n + torch.eye(n)
    loss = torch.logdet(m) + b @ torch.linalg.solve(m, b)
    loss.backward()
    line("W12", "logdet+solve", n, loss, [a.grad])


def gaussian_process(n):
    i = index(n)
    x = torch.stack([torch.sin(0.37 * i) + 0.01 * i, torch.cos(0.53 * i)], 1)
    y = torch.sin(2 * x[:, 0]) + 0.3 * x[:, 1]
    theta = leaf(torch.tensor([math.log(0.7), math.log(1.2), math.log(0.1)]))
    square = ((x[:, None, :] - x[None, :, :]) ** 2).sum(-1)
    k = torch.exp(2 * theta[1]) * torch.exp(-0.5 * square / torch.exp(2 * theta[0]))
    k = k + torch.exp(2 * theta[2]) * torch.eye(n)
    lower = torch.linalg.cholesky(k)
    alpha = torch.cholesky_solve(y[:, None], lower)[:, 0]
    loss = 0.5 * (y @ alpha) + torch.log(torch.diagonal(lower)).sum() + 0.5 * n * math.log(2 * math.pi)
    loss.backward()
    line("W12", "gp", n, loss, [theta.grad])


def simulate(name, f, p, n):
    loss = f(p, n)
    loss.backward()
    grads = [q.grad for q in p] if isinstance(p, list) else [p.grad]
    for phase in ("fwd", "bwd", "fwd+bwd"):
        line("W13", f"{name} {phase}/step", n, loss, grads)


def runge_kutta(f, state, h):
    shifted = lambda k, t: [s + t * d for s, d in zip(state, k)]
    k1 = f(state)
    k2 = f(shifted(k1, h / 2))
    k3 = f(shifted(k2, h / 2))
    k4 = f(shifted(k3, h))
    return [s + h / 6 * (a + 2 * b + 2 * c + d) for s, a, b, c, d in zip(state, k1, k2, k3, k4)]


def predators(p, n):
    a, b, c, d = p
    f = lambda s: [a * s[0] - b * s[0] * s[1], d * s[0] * s[1] - c * s[1]]
    state = [torch.tensor(1.0), torch.tensor(0.5)]
    for _ in range(n):
        state = runge_kutta(f, state, 0.001)
    return state[0] + state[1]


def bodies(m, n):
    i = index(5)
    pos = torch.stack([2 * torch.cos(1.2566 * i), 2 * torch.sin(1.2566 * i), 0.2 * torch.cos(2.1 * i)], 1)
    vel = torch.stack([-0.6 * torch.sin(1.2566 * i), 0.6 * torch.cos(1.2566 * i), 0.1 * torch.sin(1.7 * i)], 1)

    def f(state):
        d = state[0][:, None] - state[0][None]
        w = m * ((d * d).sum(2) + 0.01) ** -1.5
        return [state[1], -(w[:, :, None] * d).sum(1)]

    state = [pos, vel]
    for _ in range(n):
        state = runge_kutta(f, state, 0.001)
    return (state[0] * state[0]).sum()


def examples(n, inputs, hidden):
    vec = lambda n: 3 * torch.sin(0.37 * index(n) + 0.5)
    p = [leaf(mat(hidden, inputs, 0.3)), leaf(0.1 * vec(hidden)), leaf(vec(hidden) / hidden)]
    total, grads = 0, []
    for x, y in zip(mat(n, inputs, phase=1), vec(n)):
        loss = (p[2] @ torch.tanh(p[0] @ x + p[1]) - y) ** 2
        total = total + loss
        grads.append(torch.autograd.grad(loss, p))
    grads = [torch.stack(parts) for parts in zip(*grads)]
    for phase in ("at once", "each"):
        line("W14", phase, n, total, grads)


scalars(2000)
loops(5000, 100)
control_flow()
chains((100, 1000))
products(16)
network(8, (20, 16, 12, 10))
logistic(100, 20)
recurrent(5, 4, 6, 8)
convolution(2)
second_order(7)
algebra(10)
gaussian_process(12)
simulate("lv", predators, [leaf(torch.tensor(v)) for v in (1.1, 0.4, 0.4, 0.1)], 100)
simulate("nbody", bodies, leaf(0.5 + 0.1 * index(5)), 50)
examples(5, 3, 4)
