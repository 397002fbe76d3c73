//! Elementwise kernels: one scalar expression, compiled into all the loops that are needed of it.
//!
//! `x * y` is written once, as `kernel2!(|x, y| x * y)`, and runs on doubles and singles, on two rows or a row and
//! a number, into a new buffer or in place of an operand. A call for each element would cost more than the product,
//! so the compiler must see the expression inside each loop, which is why [`kernel1!`](crate::kernel1) and
//! [`kernel2!`](crate::kernel2) are macros.

use super::lanes::Lane;

/// An elementwise function of one operand.
pub struct Kernel1 {
    /// One double.
    pub number: fn(f64) -> f64,
    /// Writes the results for a block of doubles.
    pub doubles: fn(&[f64], &mut [f64]),
    /// Writes the results for a block of singles.
    pub singles: fn(&[f32], &mut [f32]),
}

/// An elementwise function of two operands.
pub struct Kernel2 {
    /// Two doubles.
    pub number: fn(f64, f64) -> f64,
    /// Writes the results for a row of doubles.
    pub doubles: fn(Lane<'_, f64>, Lane<'_, f64>, &mut [f64]),
    /// Writes the results for a row of singles.
    pub singles: fn(Lane<'_, f32>, Lane<'_, f32>, &mut [f32]),
    /// Puts the results for a row of doubles in place of the left operand.
    pub onto_left: fn(&mut [f64], Lane<'_, f64>),
    /// Puts the results for a row of doubles in place of the right operand.
    pub onto_right: fn(Lane<'_, f64>, &mut [f64]),
    /// Puts the results for a row of singles in place of the left operand.
    pub onto_left_singles: fn(&mut [f32], Lane<'_, f32>),
    /// Puts the results for a row of singles in place of the right operand.
    pub onto_right_singles: fn(Lane<'_, f32>, &mut [f32]),
}

/// A comparison of two operands.
pub struct Test2 {
    /// Two doubles.
    pub number: fn(f64, f64) -> bool,
    /// Writes the results for a row of doubles.
    pub doubles: fn(Lane<'_, f64>, Lane<'_, f64>, &mut [bool]),
    /// Writes the results for a row of singles.
    pub singles: fn(Lane<'_, f32>, Lane<'_, f32>, &mut [bool]),
}

/// Compiles `|x| expression` into a [`Kernel1`]: operators and roots, which every machine computes alike.
/// With `real` in front, `x` is a [`Real`](super::elementary::Real), whose functions are computed many at
/// once; with `repaired`, some of them want a second look, as the sine does; with `powers`, one is a power,
/// which often is a product. With `f64`, an expression of any kind, one element after the other, singles in double precision and rounded once.
#[macro_export]
macro_rules! kernel1 {
    (f64 |$x:ident| $body:expr) => {
        $crate::array::kernel::Kernel1 {
            number: |$x: f64| -> f64 { $body },
            doubles: |block, out| $crate::array::lanes::each_alone(block, out, |$x: f64| -> f64 { $body }),
            singles: |block, out| {
                $crate::array::lanes::each_alone(block, out, |x: f32| -> f32 {
                    let $x = f64::from(x);
                    let y: f64 = $body;
                    y as f32
                })
            },
        }
    };
    (real |$x:ident| $body:expr) => {
        $crate::kernel1!(@real Mode, [], $x, $body)
    };
    (repaired |$x:ident| $body:expr) => {
        $crate::kernel1!(@real Repaired, [REPAIRED], $x, $body)
    };
    (@real $mode:ident, [$($flag:ident)?], $x:ident, $body:expr) => {{
        struct Body;
        impl $crate::array::lanes::Expression<1> for Body {
            $(const $flag: bool = true;)?
            #[inline(always)]
            fn at<T: $crate::array::elementary::Element, M: $crate::array::elementary::Repaired>(
                [x]: [T; 1],
            ) -> $crate::array::elementary::Real<T, M> {
                #[inline(always)]
                fn body<T: $crate::array::elementary::Element, M: $crate::array::elementary::$mode>(
                    $x: $crate::array::elementary::Real<T, M>,
                ) -> $crate::array::elementary::Real<T, M> {
                    $body
                }
                body($crate::array::elementary::Real::<T, M>::new(x))
            }
        }
        $crate::array::kernel::Kernel1 {
            number: |x| $crate::array::lanes::number::<Body, 1>([x]),
            doubles: |block, out| {
                $crate::array::lanes::row::<Body, f64, 1>([$crate::array::lanes::Lane::Moving(block)], out)
            },
            singles: |block, out| {
                $crate::array::lanes::row::<Body, f32, 1>([$crate::array::lanes::Lane::Moving(block)], out)
            },
        }
    }};
    (|$x:ident| $body:expr) => {
        $crate::array::kernel::Kernel1 {
            number: |$x: f64| -> f64 { $body },
            doubles: |block, out| $crate::array::lanes::map_row(block, out, |$x: f64| -> f64 { $body }),
            singles: |block, out| $crate::array::lanes::map_row(block, out, |$x: f32| -> f32 { $body }),
        }
    };
}

/// Compiles `|x, y| expression` into a [`Kernel2`]. What may stand in front is as in [`kernel1!`](crate::kernel1).
#[macro_export]
macro_rules! kernel2 {
    (f64 |$x:ident, $y:ident| $body:expr) => {
        $crate::array::kernel::Kernel2 {
            number: |$x: f64, $y: f64| -> f64 { $body },
            doubles: |a, b, out| $crate::array::lanes::zip_row(a, b, out, |$x: f64, $y: f64| -> f64 { $body }),
            singles: |a, b, out| {
                $crate::array::lanes::zip_row(a, b, out, |x: f32, y: f32| -> f32 {
                    let ($x, $y) = (f64::from(x), f64::from(y));
                    let z: f64 = $body;
                    z as f32
                })
            },
            onto_left: |a, b| $crate::array::lanes::zip_onto(a, b, |$x: f64, $y: f64| -> f64 { $body }),
            onto_right: |a, b| $crate::array::lanes::zip_onto(b, a, |$y: f64, $x: f64| -> f64 { $body }),
            onto_left_singles: |a, b| {
                $crate::array::lanes::zip_onto(a, b, |x: f32, y: f32| -> f32 {
                    let ($x, $y) = (f64::from(x), f64::from(y));
                    let z: f64 = $body;
                    z as f32
                })
            },
            onto_right_singles: |a, b| {
                $crate::array::lanes::zip_onto(b, a, |y: f32, x: f32| -> f32 {
                    let ($x, $y) = (f64::from(x), f64::from(y));
                    let z: f64 = $body;
                    z as f32
                })
            },
        }
    };
    (real |$x:ident, $y:ident| $body:expr) => {
        $crate::kernel2!(@real Mode, [], $x, $y, $body)
    };
    (repaired |$x:ident, $y:ident| $body:expr) => {
        $crate::kernel2!(@real Repaired, [REPAIRED], $x, $y, $body)
    };
    (powers |$x:ident, $y:ident| $body:expr) => {
        $crate::kernel2!(@real Mode, [POWERS], $x, $y, $body)
    };
    (@real $mode:ident, [$($flag:ident)?], $x:ident, $y:ident, $body:expr) => {{
        struct Body;
        impl $crate::array::lanes::Expression<2> for Body {
            $(const $flag: bool = true;)?
            #[inline(always)]
            fn at<T: $crate::array::elementary::Element, M: $crate::array::elementary::Repaired>(
                [x, y]: [T; 2],
            ) -> $crate::array::elementary::Real<T, M> {
                #[inline(always)]
                fn body<T: $crate::array::elementary::Element, M: $crate::array::elementary::$mode>(
                    $x: $crate::array::elementary::Real<T, M>,
                    $y: $crate::array::elementary::Real<T, M>,
                ) -> $crate::array::elementary::Real<T, M> {
                    $body
                }
                body(
                    $crate::array::elementary::Real::<T, M>::new(x),
                    $crate::array::elementary::Real::<T, M>::new(y),
                )
            }
        }
        $crate::array::kernel::Kernel2 {
            number: |x, y| $crate::array::lanes::number::<Body, 2>([x, y]),
            doubles: |a, b, out| $crate::array::lanes::row::<Body, f64, 2>([a, b], out),
            singles: |a, b, out| $crate::array::lanes::row::<Body, f32, 2>([a, b], out),
            onto_left: |a, b| $crate::array::lanes::onto_left::<Body, f64>(a, b),
            onto_right: |a, b| $crate::array::lanes::onto_right::<Body, f64>(a, b),
            onto_left_singles: |a, b| $crate::array::lanes::onto_left::<Body, f32>(a, b),
            onto_right_singles: |a, b| $crate::array::lanes::onto_right::<Body, f32>(a, b),
        }
    }};
    (|$x:ident, $y:ident| $body:expr) => {
        $crate::array::kernel::Kernel2 {
            number: |$x: f64, $y: f64| -> f64 { $body },
            doubles: |a, b, out| $crate::array::lanes::zip_row(a, b, out, |$x: f64, $y: f64| -> f64 { $body }),
            singles: |a, b, out| $crate::array::lanes::zip_row(a, b, out, |$x: f32, $y: f32| -> f32 { $body }),
            onto_left: |a, b| $crate::array::lanes::zip_onto(a, b, |$x: f64, $y: f64| -> f64 { $body }),
            onto_right: |a, b| $crate::array::lanes::zip_onto(b, a, |$y: f64, $x: f64| -> f64 { $body }),
            onto_left_singles: |a, b| $crate::array::lanes::zip_onto(a, b, |$x: f32, $y: f32| -> f32 { $body }),
            onto_right_singles: |a, b| $crate::array::lanes::zip_onto(b, a, |$y: f32, $x: f32| -> f32 { $body }),
        }
    };
}

/// Compiles `|x, y| expression` into a [`Test2`].
#[macro_export]
macro_rules! test2 {
    (|$x:ident, $y:ident| $body:expr) => {
        $crate::array::kernel::Test2 {
            number: |$x: f64, $y: f64| -> bool { $body },
            doubles: |a, b, out| $crate::array::lanes::zip_row(a, b, out, |$x: f64, $y: f64| -> bool { $body }),
            singles: |a, b, out| $crate::array::lanes::zip_row(a, b, out, |$x: f32, $y: f32| -> bool { $body }),
        }
    };
}
