//! How far the elementary functions are from the correctly rounded results: for `benches/ulp.rs` and, with
//! fewer points, for `tests/kernels.rs`.
//!
//! The reference is the crate pxfm, whose functions are those of CORE-MATH and of its kind, correctly
//! rounded or nearly; for what it lacks, a double-double exponential.

use adlib::array::kernel::{Kernel1, Kernel2};
use adlib::array::lanes::Lane;
use adlib::autodiff::Forward;
use adlib::builtin;
use adlib::value::Run;

/// A function and what to compare it with.
pub struct Function {
    /// The name in the language.
    pub name: &'static str,
    doubles: fn(f64) -> f64,
    singles: fn(f32) -> f32,
    /// Where most of its points are.
    pub range: (f64, f64),
}

/// All functions.
pub const FUNCTIONS: &[Function] = &[
    Function { name: "exp", doubles: exp, singles: pxfm::f_expf, range: (-750.0, 720.0) },
    Function { name: "expm1", doubles: pxfm::f_expm1, singles: pxfm::f_expm1f, range: (-40.0, 40.0) },
    Function { name: "exp2", doubles: exp2, singles: pxfm::f_exp2f, range: (-1080.0, 1030.0) },
    Function { name: "log", doubles: pxfm::f_log, singles: pxfm::f_logf, range: (0.0, 4.0) },
    Function { name: "log1p", doubles: pxfm::f_log1p, singles: pxfm::f_log1pf, range: (-1.0, 4.0) },
    Function { name: "log2", doubles: pxfm::f_log2, singles: pxfm::f_log2f, range: (0.0, 4.0) },
    Function { name: "log10", doubles: pxfm::f_log10, singles: pxfm::f_log10f, range: (0.0, 4.0) },
    Function { name: "sin", doubles: pxfm::f_sin, singles: pxfm::f_sinf, range: (-10.0, 10.0) },
    Function { name: "cos", doubles: pxfm::f_cos, singles: pxfm::f_cosf, range: (-10.0, 10.0) },
    Function { name: "tan", doubles: pxfm::f_tan, singles: pxfm::f_tanf, range: (-10.0, 10.0) },
    Function { name: "asin", doubles: pxfm::f_asin, singles: pxfm::f_asinf, range: (-1.0, 1.0) },
    Function { name: "acos", doubles: pxfm::f_acos, singles: pxfm::f_acosf, range: (-1.0, 1.0) },
    Function { name: "atan", doubles: pxfm::f_atan, singles: pxfm::f_atanf, range: (-10.0, 10.0) },
    Function { name: "cbrt", doubles: pxfm::f_cbrt, singles: pxfm::f_cbrtf, range: (-1000.0, 1000.0) },
    Function { name: "sinh", doubles: pxfm::f_sinh, singles: pxfm::f_sinhf, range: (-720.0, 720.0) },
    Function { name: "cosh", doubles: pxfm::f_cosh, singles: pxfm::f_coshf, range: (-720.0, 720.0) },
    Function { name: "tanh", doubles: pxfm::f_tanh, singles: pxfm::f_tanhf, range: (-20.0, 20.0) },
    Function { name: "sigmoid", doubles: sigmoid, singles: |x| sigmoid(x.into()) as f32, range: (-40.0, 40.0) },
    Function { name: "softplus", doubles: softplus, singles: |x| softplus(x.into()) as f32, range: (-40.0, 40.0) },
    Function {
        name: "log_sigmoid",
        doubles: |x| -softplus(-x),
        singles: |x| -softplus(-f64::from(x)) as f32,
        range: (-40.0, 40.0),
    },
];

/// Two operands.
pub type Pair = (f64, f64);

/// A function of two operands and what to compare it with: in single precision, its result rounded.
pub struct FunctionOfTwo {
    /// The name in the language.
    pub name: &'static str,
    doubles: fn(f64, f64) -> f64,
    point: fn(&mut Numbers, usize) -> Pair,
}

/// All functions of two operands.
pub const FUNCTIONS_OF_TWO: &[FunctionOfTwo] = &[
    FunctionOfTwo { name: "**", doubles: pow, point: Numbers::power },
    FunctionOfTwo { name: "hypot", doubles: hypot, point: Numbers::plane },
    FunctionOfTwo { name: "atan2", doubles: pxfm::f_atan2, point: Numbers::plane },
];

/// For pxfm's, what is not a number makes nothing that is one.
fn pow(x: f64, y: f64) -> f64 {
    if x == 1.0 || y == 0.0 { 1.0 } else { pxfm::f_pow(x, y) }
}

/// Where the result is subnormal, pxfm's rounds twice and the system's does not.
fn exp(x: f64) -> f64 {
    if x < -708.0 { x.exp() } else { pxfm::f_exp(x) }
}

fn exp2(x: f64) -> f64 {
    if x < -1022.0 { x.exp2() } else { pxfm::f_exp2(x) }
}

/// The kernel of a function.
pub fn kernel(name: &str) -> &'static Kernel1 {
    match builtin::find(name).map(|builtin| &builtin.run) {
        Some(Run::Elementwise(op)) => match &op.forward {
            Forward::Map1(kernel) => kernel,
            _ => panic!("{name} has two operands"),
        },
        _ => panic!("there is no {name}"),
    }
}

/// The kernel of a function of two operands.
pub fn kernel_of_two(name: &str) -> &'static Kernel2 {
    match builtin::find(name).map(|builtin| &builtin.run) {
        Some(Run::Elementwise(op)) => match &op.forward {
            Forward::Map2(kernel) => kernel,
            _ => panic!("{name} has not two operands"),
        },
        _ => panic!("there is no {name}"),
    }
}

/// The largest distance from the correctly rounded result, where, and how many results differ.
pub struct Distance<T> {
    /// In units in the last place.
    pub largest: u64,
    /// The operand.
    pub at: T,
    /// Results that are not the correctly rounded ones.
    pub differ: usize,
}

/// Compares a function at `count` points, in double and in single precision.
pub fn measure(function: &Function, count: usize) -> (Distance<f64>, Distance<f32>) {
    let kernel = kernel(function.name);
    let (mut doubles, mut singles) =
        (Distance { largest: 0, at: 0.0, differ: 0 }, Distance { largest: 0, at: 0.0, differ: 0 });
    let mut numbers = Numbers(1);
    let mut done = 0;
    while done < count {
        let mut xs: Vec<f64> = (0..4096).map(|i| numbers.point(i, function.range)).collect();
        if done == 0 {
            xs.extend(EDGES.iter().flat_map(|&x| [x, -x]));
        }
        done += xs.len();
        let mut found = vec![0.0; xs.len()];
        (kernel.doubles)(&xs, &mut found);
        for (&x, y) in xs.iter().zip(found) {
            doubles.add(x, apart(y, (function.doubles)(x), bits_64));
        }
        let xs: Vec<f32> =
            (0..).zip(&xs).map(|(i, &x)| if i % 2 == 0 { x as f32 } else { numbers.any_single() }).collect();
        let mut found = vec![0.0; xs.len()];
        (kernel.singles)(&xs, &mut found);
        for (&x, y) in xs.iter().zip(found) {
            singles.add(x, apart(y.into(), (function.singles)(x).into(), |x| bits_32(x as f32)));
        }
    }
    (doubles, singles)
}

/// The same for a function of two operands.
pub fn measure_two(function: &FunctionOfTwo, count: usize) -> (Distance<Pair>, Distance<Pair>) {
    let kernel = kernel_of_two(function.name);
    let nothing = || Distance { largest: 0, at: (0.0, 0.0), differ: 0 };
    let (mut doubles, mut singles) = (nothing(), nothing());
    let mut numbers = Numbers(1);
    let mut done = 0;
    while done < count {
        let (xs, ys): (Vec<f64>, Vec<f64>) = (0..4096).map(|i| (function.point)(&mut numbers, i)).unzip();
        done += xs.len();
        let mut found = vec![0.0; xs.len()];
        (kernel.doubles)(Lane::Moving(&xs), Lane::Moving(&ys), &mut found);
        for ((&x, &y), z) in xs.iter().zip(&ys).zip(found) {
            doubles.add((x, y), apart(z, (function.doubles)(x, y), bits_64));
        }
        let narrow = |xs: &[f64]| xs.iter().map(|&x| x as f32).collect::<Vec<_>>();
        let (xs, ys) = (narrow(&xs), narrow(&ys));
        let mut found = vec![0.0; xs.len()];
        (kernel.singles)(Lane::Moving(&xs), Lane::Moving(&ys), &mut found);
        for ((&x, &y), z) in xs.iter().zip(&ys).zip(found) {
            let (x, y) = (x.into(), y.into());
            let expected = (function.doubles)(x, y) as f32;
            singles.add((x, y), apart(z.into(), expected.into(), |x| bits_32(x as f32)));
        }
    }
    (doubles, singles)
}

impl<T> Distance<T> {
    fn add(&mut self, at: T, distance: u64) {
        self.differ += usize::from(distance > 0);
        if distance > self.largest {
            (self.largest, self.at) = (distance, at);
        }
    }
}

const EDGES: &[f64] = &[
    0.0,
    5e-324,
    1e-310,
    f64::MIN_POSITIVE,
    1e-45,
    1e-38,
    1e-20,
    0.5,
    1.0,
    1.0 - f64::EPSILON / 2.0,
    1.0 + f64::EPSILON,
    2.0,
    708.4,
    709.782712893384,
    710.4758600739439,
    745.1332191019411,
    746.0,
    1024.0,
    1075.0,
    1e22,
    1.6e6,
    2e5,
    f64::MAX,
    f64::INFINITY,
    f64::NAN,
];

/// Neighbours differ by one.
fn apart(found: f64, expected: f64, bits: impl Fn(f64) -> i64) -> u64 {
    match (found.is_nan(), expected.is_nan()) {
        (true, true) => 0,
        (false, false) => bits(found).abs_diff(bits(expected)),
        _ => u64::MAX,
    }
}

fn bits_64(x: f64) -> i64 {
    let bits = x.to_bits() as i64;
    if bits < 0 { i64::MIN.wrapping_sub(bits) } else { bits }
}

fn bits_32(x: f32) -> i64 {
    let bits = i64::from(x.to_bits() as i32);
    if bits < 0 { i64::from(i32::MIN) - bits } else { bits }
}

/// SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", 2014).
pub struct Numbers(pub u64);

impl Numbers {
    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to 1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * 2.0_f64.powi(-53)
    }

    fn any_single(&mut self) -> f32 {
        f32::from_bits(self.bits() as u32)
    }

    /// Any two numbers, a base and an exponent whose power is in the range of either precision, the same with a
    /// base next to 1, whole numbers.
    fn power(&mut self, index: usize) -> Pair {
        let logarithm = (self.unit() * 2.0 - 1.0) * if index % 8 < 4 { 1_076.0 } else { 151.0 };
        let base = match index % 4 {
            0 => return (f64::from_bits(self.bits()), f64::from_bits(self.bits())),
            1 => (self.unit() * 40.0 - 20.0).exp2(),
            2 => 1.0 + (self.unit() - 0.5) * (self.unit() * -40.0).exp2(),
            _ => return ((self.unit() * 200.0 - 100.0).round(), (self.unit() * 60.0 - 30.0).round()),
        };
        (base, logarithm / base.log2())
    }

    /// Any two numbers, two near 1 in size, two of one size, whole numbers.
    fn plane(&mut self, index: usize) -> Pair {
        let scale = match index % 8 {
            1 | 5 => 0.0,
            2 => 2_000.0 * (self.unit() - 0.5),
            _ => 250.0 * (self.unit() - 0.5),
        };
        let mut about = || (self.unit() * 2.0 - 1.0) * (self.unit() * 20.0 - 10.0 + scale).exp2();
        match index % 4 {
            0 => (f64::from_bits(self.bits()), f64::from_bits(self.bits())),
            1 | 2 => (about(), about()),
            _ => ((self.unit() * 200.0 - 100.0).round(), (self.unit() * 200.0 - 100.0).round()),
        }
    }

    /// Anything, anything near 1 in size, something in the range, or a neighbour of a quarter turn.
    fn point(&mut self, index: usize, (low, high): (f64, f64)) -> f64 {
        match index % 4 {
            0 => f64::from_bits(self.bits()),
            1 => (self.unit() * 2.0 - 1.0) * (self.unit() * 20.0 - 10.0).exp2(),
            2 => low + self.unit() * (high - low),
            _ => {
                let turns = (self.unit() * 2.0_f64.powf(self.unit() * 20.0)).floor();
                let near = (turns * std::f64::consts::FRAC_PI_2).to_bits().wrapping_add(self.bits() % 8);
                f64::from_bits(near | self.bits() & (1 << 63))
            }
        }
    }
}

/// A number and what it lacks.
type Double = (f64, f64);

fn sum((a, a_low): Double, (b, b_low): Double) -> Double {
    let total = a + b;
    let part = total - a;
    let low = (a - (total - part)) + (b - part) + a_low + b_low;
    (total + low, low - ((total + low) - total))
}

fn times((a, a_low): Double, (b, b_low): Double) -> Double {
    let product = a * b;
    let low = a.mul_add(b, -product) + (a * b_low + a_low * b);
    (product + low, low - ((product + low) - product))
}

fn over(a: Double, b: Double) -> Double {
    let first = a.0 / b.0;
    let rest = sum(a, times((-first, 0.0), b));
    sum((first, 0.0), (rest.0 / b.0, 0.0))
}

/// `eˣ - 1` of a number from -1 to 1, by its series at a 256th of it, and `e²ˣ - 1 = (eˣ - 1)(eˣ + 1)`.
fn small_expm1(x: Double) -> Double {
    let x = (x.0 / 256.0, x.1 / 256.0);
    let mut total = (0.0, 0.0);
    for k in (1..=9).rev() {
        total = over(times(x, sum((1.0, 0.0), total)), (f64::from(k), 0.0));
    }
    for _ in 0..8 {
        total = times(total, sum(total, (2.0, 0.0)));
    }
    total
}

/// `e⁻ˣ` of a number that is not negative, without its power of two, and that.
fn exp_parts(x: f64) -> (Double, i32) {
    let n = (x * std::f64::consts::LOG2_E).round();
    // Three pieces of log 2, the first so short that its product is exact.
    let r = sum((n * 6.931471803691238e-1 - x, 0.0), times((n, 0.0), (1.9082149292705877e-10, 1.1805960834160633e-26)));
    (sum((1.0, 0.0), small_expm1(r)), -(n as i32))
}

fn scaled(x: f64, power: i32) -> f64 {
    x * 2.0_f64.powi(power / 2) * 2.0_f64.powi(power - power / 2)
}

/// Scaled so that the squares, as sums of two, neither overflow nor vanish.
fn hypot(x: f64, y: f64) -> f64 {
    let (x, y) = (x.abs(), y.abs());
    if x.is_infinite() || y.is_infinite() {
        return f64::INFINITY;
    }
    if x + y == 0.0 || (x + y).is_nan() {
        return x + y;
    }
    let power = x.max(y).log2() as i32;
    let square = |x: f64| times((scaled(x, -power), 0.0), (scaled(x, -power), 0.0));
    let total = sum(square(x), square(y));
    let root = total.0.sqrt();
    let rest = sum(total, times((-root, 0.0), (root, 0.0))).0 / (2.0 * root);
    scaled(root + rest, power)
}

fn sigmoid(x: f64) -> f64 {
    if x.is_nan() || x.abs() > 800.0 {
        return if x.is_nan() { x } else { f64::from(u8::from(x > 0.0)) };
    }
    let (factor, power) = exp_parts(x.abs());
    let e = (scaled(factor.0, power), scaled(factor.1, power));
    let below = sum((1.0, 0.0), e);
    if x >= 0.0 { over((1.0, 0.0), below).0 } else { scaled(over(factor, below).0, power) }
}

fn softplus(x: f64) -> f64 {
    if x.is_nan() || x.abs() > 800.0 {
        return if x.is_nan() { x } else { x.max(0.0) };
    }
    let (factor, power) = exp_parts(x.abs());
    let e = (scaled(factor.0, power), scaled(factor.1, power));
    if e.0 < 1e-20 {
        return if x > 0.0 { x } else { e.0 };
    }
    // A step of Newton's method from the nearest double, for which the exponential has all digits.
    let start = pxfm::f_log1p(e.0);
    let missing = sum(e, {
        let (a, b) = small_expm1((start, 0.0));
        (-a, -b)
    });
    let log = sum((start, 0.0), (missing.0 / (1.0 + e.0), 0.0));
    if x > 0.0 { sum((x, 0.0), log).0 } else { log.0 }
}
