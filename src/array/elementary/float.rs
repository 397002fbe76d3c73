//! What both precisions have, and how a function is compiled.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// How a function is compiled: for machines that can multiply and add in one step, or for others.
pub trait Mode: Copy + 'static {
    /// Whether there is a fused multiply-add.
    const FUSED: bool;
    /// Whether operands that need a branch are computed too. If not, the result for them is nan.
    const WHOLE: bool;
    /// Whether powers are computed only where they are products. Elsewhere they are nan.
    const EASY: bool = false;
}

/// A mode in which nan will be looked at again: what the circular functions need, whose reduction of
/// huge operands is not for loops.
pub trait Repaired: Mode {}

/// With a fused multiply-add, and complete.
#[derive(Clone, Copy)]
pub struct Fused;
/// Without a fused multiply-add, and complete.
#[derive(Clone, Copy)]
pub struct Plain;
/// The mode `M` inside a loop: nan where a branch would be needed.
#[derive(Clone, Copy)]
pub struct Swift<M>(M);

/// The mode `M` where powers are products: nan where one is not.
#[derive(Clone, Copy)]
pub struct Easy<M>(M);

/// A mode for one operand, that is complete, and its like for loops.
pub trait Alone: Repaired {
    /// The mode for loops.
    type Swift: Repaired;
}

impl Mode for Fused {
    const FUSED: bool = true;
    const WHOLE: bool = true;
}

impl Mode for Plain {
    const FUSED: bool = false;
    const WHOLE: bool = true;
}

impl<M: Mode> Mode for Swift<M> {
    const FUSED: bool = M::FUSED;
    const WHOLE: bool = false;
}

impl<M: Mode> Mode for Easy<M> {
    const FUSED: bool = M::FUSED;
    const WHOLE: bool = false;
    const EASY: bool = true;
}

impl Repaired for Fused {}
impl Repaired for Plain {}
impl<M: Mode> Repaired for Swift<M> {}
impl<M: Mode> Repaired for Easy<M> {}

impl Alone for Fused {
    type Swift = Swift<Fused>;
}

impl Alone for Plain {
    type Swift = Swift<Plain>;
}

/// What comparing gives: one truth value, or two.
pub trait Mask: Copy {
    /// The opposite.
    fn not(self) -> Self;
    /// Both.
    fn and(self, other: Self) -> Self;
}

impl Mask for bool {
    #[inline(always)]
    fn not(self) -> bool {
        !self
    }
    #[inline(always)]
    fn and(self, other: bool) -> bool {
        self & other
    }
}

/// A number of single or double precision, or two of them ([`Two`](super::Two)).
pub trait Float:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self> + 'static
{
    /// What comparing gives.
    type Mask: Mask;
    /// Whether it is of single precision.
    const SINGLE: bool;
    /// Added to a number it rounds it to a whole one, which then are the lowest bits of the sum.
    const SHIFT: Self;
    /// Infinity.
    const INFINITY: Self;
    /// Not a number.
    const NAN: Self;

    /// The nearest to a double.
    fn of(x: f64) -> Self;
    /// What a function of doubles gives.
    fn widened(self, f: impl Fn(f64) -> f64) -> Self;
    /// What a function of two doubles gives.
    fn widened_with(self, other: Self, f: impl Fn(f64, f64) -> f64) -> Self;
    /// `self * b + c`, rounded once.
    fn fma(self, b: Self, c: Self) -> Self;
    /// Without its sign.
    fn abs(self) -> Self;
    /// With the sign of another.
    fn with_sign_of(self, other: Self) -> Self;
    /// The square root.
    fn sqrt(self) -> Self;
    /// Whether it is less than another.
    fn below(self, other: Self) -> Self::Mask;
    /// Whether it equals another.
    fn is(self, other: Self) -> Self::Mask;
    /// The first where the condition holds, elsewhere the second.
    fn choose(condition: Self::Mask, then: Self, otherwise: Self) -> Self;
    /// Whether a bit of the whole number is set, of one that was shifted by [`Float::SHIFT`].
    fn bit(self, index: u32) -> Self::Mask;
    /// With another sign if that bit is set, and once more if a number is negative.
    fn turned(self, shifted: Self, index: u32, sign: Self) -> Self;
    /// Two powers of two whose product is two to the whole number, of one that was shifted.
    fn halves(self) -> (Self, Self);
    /// Two to the whole number, of one that was shifted; it must be a normal number.
    fn power_of_two(self) -> Self;
    /// An exponent and a factor from the root of one half to the root of two, whose product, with two
    /// to the exponent, is the number: one that is positive and finite.
    fn split(self) -> (Self, Self);
}

macro_rules! float {
    ($type:ident, $bits:ident, digits $digits:literal, bias $bias:literal, root $root:literal, single $single:literal) => {
        impl Float for $type {
            type Mask = bool;
            const SINGLE: bool = $single;
            const SHIFT: $type = 1.5 * ((1 as $bits) << $digits) as $type;
            const INFINITY: $type = $type::INFINITY;
            const NAN: $type = $type::NAN;

            #[inline(always)]
            fn of(x: f64) -> $type {
                x as $type
            }
            #[inline(always)]
            fn widened(self, f: impl Fn(f64) -> f64) -> $type {
                f(self.into()) as $type
            }
            #[inline(always)]
            fn widened_with(self, other: $type, f: impl Fn(f64, f64) -> f64) -> $type {
                f(self.into(), other.into()) as $type
            }
            #[inline(always)]
            fn fma(self, b: $type, c: $type) -> $type {
                self.mul_add(b, c)
            }
            #[inline(always)]
            fn abs(self) -> $type {
                self.abs()
            }
            #[inline(always)]
            fn with_sign_of(self, other: $type) -> $type {
                self.copysign(other)
            }
            #[inline(always)]
            fn sqrt(self) -> $type {
                self.sqrt()
            }
            #[inline(always)]
            fn below(self, other: $type) -> bool {
                self < other
            }
            #[inline(always)]
            fn is(self, other: $type) -> bool {
                self == other
            }
            #[inline(always)]
            fn choose(condition: bool, then: $type, otherwise: $type) -> $type {
                if condition { then } else { otherwise }
            }
            #[inline(always)]
            fn bit(self, index: u32) -> bool {
                self.to_bits() & (1 as $bits).wrapping_shl(index) != 0
            }
            #[inline(always)]
            fn turned(self, shifted: $type, index: u32, sign: $type) -> $type {
                let top = $bits::BITS.wrapping_sub(1);
                let flip = shifted.to_bits().wrapping_shl(top.wrapping_sub(index)) ^ sign.to_bits();
                $type::from_bits(self.to_bits() ^ (flip & (1 as $bits).wrapping_shl(top)))
            }
            #[inline(always)]
            fn halves(self) -> ($type, $type) {
                let both = self.to_bits().wrapping_add(2 * $bias);
                let half = both >> 1;
                let rest = both.wrapping_sub(half);
                ($type::from_bits(half << $digits), $type::from_bits(rest << $digits))
            }
            #[inline(always)]
            fn power_of_two(self) -> $type {
                $type::from_bits(self.to_bits().wrapping_add($bias) << $digits)
            }
            #[inline(always)]
            fn split(self) -> ($type, $type) {
                // Subnormal numbers have no exponent of their own.
                let scale = ((1 as $bits) << ($digits + 2)) as $type;
                let tiny = self < $type::MIN_POSITIVE;
                let normal = if tiny { self * scale } else { self };
                let scaled_by = if tiny { ($digits + 2) as $type } else { 0.0 };
                // The exponent is counted from the root of one half up, and from a bias that keeps it
                // positive; as the lowest bits of a large number it is that number's unit.
                let bits = normal.to_bits().wrapping_sub($root);
                let exponent = bits.wrapping_add(($bias + 1) << $digits) >> $digits;
                let unit = ((1 as $bits) << $digits) as $type;
                let exponent = $type::from_bits(unit.to_bits() | exponent) - (unit + ($bias + 1) as $type);
                let factor = $type::from_bits((bits & (((1 as $bits) << $digits) - 1)).wrapping_add($root));
                (exponent - scaled_by, factor)
            }
        }
    };
}

float!(f64, u64, digits 52, bias 1023, root 0x3fe6_a09e_0000_0000, single false);
float!(f32, u32, digits 23, bias 127, root 0x3f35_04f3, single true);

/// `a * b + c`, rounded once where the machine can.
#[inline(always)]
pub fn mul_add<T: Float, M: Mode>(a: T, b: T, c: T) -> T {
    if M::FUSED { a.fma(b, c) } else { a * b + c }
}

/// The first where the condition holds.
#[inline(always)]
pub fn choose<T: Float>(condition: T::Mask, then: T, otherwise: T) -> T {
    T::choose(condition, then, otherwise)
}

/// A polynomial, from its constant term up.
macro_rules! polynomial {
    ($mode:ident, $x:expr; $last:expr) => { $last };
    ($mode:ident, $x:expr; $first:expr, $($rest:expr),+) => {
        $crate::array::elementary::float::mul_add::<_, $mode>(
            $x, $crate::array::elementary::float::polynomial!($mode, $x; $($rest),+), $first)
    };
}
pub(crate) use polynomial;
