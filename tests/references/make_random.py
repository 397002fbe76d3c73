"""Writes random.txt: streams of random numbers and their derivatives, computed from the papers alone.

Run it with mpmath after changing it: python make_random.py > random.txt

A line is `program => shape values`. The generator is xoshiro256++ (Blackman and Vigna, "Scrambled linear
pseudorandom number generators", 2021), its state filled by SplitMix64 from the seed. A double is the upper 53 bits
of an output, a single the upper 24. A whole number below n is drawn by Lemire's multiplication ("Fast random integer
generation in an interval", 2019), a normal number by the ziggurat with 256 layers (Marsaglia and Tsang, 2000) in
Doornik's variant (2005), which takes the layer from the lowest 8 bits of an output and the number from the upper 52,
a gamma number by Marsaglia and Tsang ("A simple method for generating gamma variables", 2000). A derivative by a
parameter of the gamma distribution is that of the quantile function at the probability of what was drawn.
"""

import math

from mpmath import mp, mpf

mp.dps = 40
MASK = (1 << 64) - 1
LAYERS, EDGE, AREA = 256, 3.654152885361008796, 0.00492867323399


def density(x):
    return math.exp(-x * x / 2)


def layers():
    x = [AREA / density(EDGE), EDGE]
    while len(x) < LAYERS:
        x.append(math.sqrt(-2 * math.log(AREA / x[-1] + density(x[-1]))))
    return x + [0.0]


LAYER = layers()


class Generator:
    def __init__(self, seed):
        self.state = []
        for _ in range(4):
            seed = (seed + 0x9E3779B97F4A7C15) & MASK
            z = ((seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
            self.state.append(z ^ (z >> 31))

    def bits(self):
        def rotated(x, k):
            return ((x << k) | (x >> (64 - k))) & MASK

        s = self.state
        result = (rotated((s[0] + s[3]) & MASK, 23) + s[0]) & MASK
        shifted = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= shifted
        s[3] = rotated(s[3], 45)
        return result

    def unit(self):
        return (self.bits() >> 11) * 2.0**-53

    def single(self):
        return (self.bits() >> 40) * 2.0**-24

    def below(self, n):
        while True:
            product = self.bits() * n
            if product & MASK >= ((1 << 64) - n) % n:
                return product >> 64

    def inside(self):
        """From the upper 52 bits, neither 0 nor 1."""
        return (self.bits() >> 12) * 2.0**-52 + 2.0**-53

    def normal(self):
        while True:
            bits = self.bits()
            i, u = bits & 0xFF, (bits >> 12) * 2.0**-51 - 1
            x = u * LAYER[i]
            if abs(x) < LAYER[i + 1]:
                return x
            if i == 0:
                while True:
                    a, b = math.log(self.inside()) / EDGE, math.log(self.inside())
                    if -2 * b >= a * a:
                        return a - EDGE if u < 0 else EDGE - a
            low, high = density(LAYER[i]), density(LAYER[i + 1])
            if high + (low - high) * self.unit() < density(x):
                return x

    def log_gamma(self, a):
        if a < 1:
            larger = self.log_gamma(a + 1)
            return larger + math.log(1 - self.unit()) / a
        d = a - 1 / 3
        c = 1 / math.sqrt(9 * d)
        while True:
            x, u = self.normal(), self.unit()
            v = (1 + c * x) ** 3
            if v > 0 and math.log(1 - u) < 0.5 * x * x + d * (1 - v + math.log(v)):
                return math.log(d) + math.log(v)

    def some(self, n, count):
        order = list(range(n))
        for i in range(count):
            other = i + self.below(n - i)
            order[i], order[other] = order[other], order[i]
        return order[:count]


def number(x):
    return repr(float(x)).removesuffix(".0")


def case(seed, program, values, shape=None):
    values = list(values)
    shape = ",".join(map(str, shape)) if shape is not None else str(len(values))
    print(f"drawn({seed}, fn() {program}) => {shape or '-'} {','.join(map(number, values))}")


SEEDS = [0, 1, 42, 20240229, 2**53 - 1]
for seed in SEEDS:
    def many(draw, n):
        generator = Generator(seed)
        return [draw(generator) for _ in range(n)]

    case(seed, "rand(60)", many(Generator.unit, 60))
    case(seed, "rand(2, 3)", many(Generator.unit, 6), (2, 3))
    case(seed, "uniform(-3, [2, 5], (4, 2))", [-3 + [5, 8][i % 2] * u for i, u in enumerate(many(Generator.unit, 8))], (4, 2))
    case(seed, "uniform(f32([0, 0, 0, 0, 0]), 1)", many(Generator.single, 5))
    # Long enough for layers that need a second look, and the tail.
    case(seed, "randn(600)", many(Generator.normal, 600))
    case(seed, "normal([10, 20], 2, (3, 2))", [[10, 20][i % 2] + 2 * z for i, z in enumerate(many(Generator.normal, 6))], (3, 2))
    for n in [2, 10, 1000, 2**53, 3 * 2**51 + 1]:
        case(seed, f"randint({n}, shape = 20)", many(lambda g: g.below(n), 20))
    case(seed, "randint(-7, 12, shape = 30)", many(lambda g: g.below(19) - 7, 30))
    case(seed, "bernoulli(0.3, shape = 40)", many(lambda g: g.unit() < 0.3, 40))
    case(seed, "permutation(50)", Generator(seed).some(50, 50))
    case(seed, "choice(50, shape = 20)", many(lambda g: g.below(50), 20))
    case(seed, "choice(50, shape = 20, replace = false)", Generator(seed).some(50, 20))
    case(seed, "choice([5, 6.5, 7], shape = 9)", many(lambda g: [5, 6.5, 7][g.below(3)], 9))
    for a in [0.1, 0.7, 1, 2.5, 30, 1000]:
        case(seed, f"log(gamma_sample({number(a)}, shape = 12))", many(lambda g: g.log_gamma(a), 12))
    g = Generator(seed)
    x, y = [g.log_gamma(2) for _ in range(12)], [g.log_gamma(0.5) for _ in range(12)]
    case(seed, "beta_sample(2, 0.5, shape = 12)", [1 / (1 + math.exp(y - x)) for x, y in zip(x, y)])
    g = Generator(seed)
    rows = [[math.exp(g.log_gamma(a)) for a in [0.5, 3, 1]] for _ in range(5)]
    case(seed, "dirichlet_sample([0.5, 3, 1], shape = 5)", [x / sum(row) for row in rows for x in row], (5, 3))
g = Generator(7)
case(7, "(rand(), randn(), randint(6), rand())[3]", [[g.unit(), g.normal(), g.below(6), g.unit()][3]], ())


def quantile_slopes(a, log):
    """The derivatives of the gamma quantile by its parameter, at the probability of exp(log)."""
    a, z = mpf(a), mp.exp(mpf(log))
    probability = mp.gammainc(a, 0, z, regularized=True)

    def quantile(b):
        return mp.findroot(lambda t: mp.log(mp.gammainc(b, 0, mp.exp(t), regularized=True) / probability), mp.log(z))

    return [mp.diff(lambda b: mp.exp(quantile(b)), a, n, h=mpf(10) ** -9) for n in [1, 2, 3]]


for a in [0.3, 1, 2.5, 8, 40]:
    for seed in [1, 2, 3]:
        slopes = quantile_slopes(a, Generator(seed).log_gamma(a))
        for order, slope in enumerate(slopes, 1):
            case(seed, f"gamma_slope({order}, {number(a)})", [slope], ())
