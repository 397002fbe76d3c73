//! What an array prints as can be typed in again and is the same array.

use adlib::array::{Array, DType, Data};
use adlib::interpret::{Echo, Session};
use adlib::show::{Style, array};

/// Numbers that anybody can have: small and large, whole and not, of either sign.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn number(&mut self) -> f64 {
        let sign = if self.roll(3) == 0 { -1.0 } else { 1.0 };
        let unit = self.roll(1 << 53) as f64 / (1_u64 << 53) as f64;
        sign * match self.roll(9) {
            0 => 0.0,
            1 => self.roll(20) as f64,
            2 => self.roll(1 << 52) as f64,
            3 => unit,
            4 => unit * 10_f64.powi(self.roll(600) as i32 - 300),
            5 => (self.roll(2000) as f64) / 100.0,
            6 => f64::from_bits(self.roll(1 << 52)),
            7 => [f64::INFINITY, f64::NAN, f64::MAX, f64::MIN_POSITIVE][self.roll(4) as usize],
            _ => unit * 1e6,
        }
    }

    fn array(&mut self) -> Array {
        let rank = self.roll(4) as usize;
        let shape: Vec<usize> = (0..rank).map(|_| self.roll(6) as usize).collect();
        let len: usize = shape.iter().product();
        match self.roll(3) {
            0 => Array::new(shape, (0..len).map(|_| self.roll(2) == 1).collect::<Vec<bool>>()),
            1 => Array::new(shape, (0..len).map(|_| self.number() as f32).collect::<Vec<f32>>()),
            _ => Array::new(shape, (0..len).map(|_| self.number()).collect::<Vec<f64>>()),
        }
    }
}

/// The array that a program ends with.
fn typed(text: &str) -> Array {
    let mut session = Session::new(Box::new(std::io::sink()));
    session
        .run("pasted.ad", &format!("x = {text}"), Echo::Nothing)
        .unwrap_or_else(|_| panic!("it does not run:\n{text}"));
    match session.get("x") {
        Some(adlib::value::Value::Var(var)) => var.array().into_owned(),
        other => panic!("{other:?} of\n{text}"),
    }
}

/// The elements as bits; there is one nan, and one zero.
fn bits(x: &Array) -> Vec<u64> {
    let bits = |x: f64| {
        if x.is_nan() {
            1
        } else if x == 0.0 {
            0
        } else {
            x.to_bits()
        }
    };
    match x.data() {
        Data::Bool(data) => data.iter().map(|&x| u64::from(x)).collect(),
        Data::F32(data) => data.iter().map(|&x| bits(f64::from(x))).collect(),
        Data::F64(data) => data.iter().map(|&x| bits(x)).collect(),
    }
}

#[test]
fn every_array_is_the_same_when_typed_in_again() {
    let mut dice = Dice(0x5eed_1e55_0f5e_aded);
    let exact = Style { digits: 17, ..Style::default() };
    let mut kinds = [0; 3];
    for _ in 0..3000 {
        let x = dice.array();
        kinds[match x.dtype() {
            DType::Bool => 0,
            DType::F32 => 1,
            DType::F64 => 2,
        }] += 1;
        let text = array(&x, &exact);
        let again = typed(&text);
        assert_eq!((again.shape(), again.dtype(), bits(&again)), (x.shape(), x.dtype(), bits(&x)), "{text}");
        // With fewer digits it is as near as these say.
        let short = array(&x, &Style::default());
        let near = typed(&short);
        let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 5.1e-6 * b.abs();
        assert_eq!((near.shape(), near.dtype()), (x.shape(), x.dtype()), "{short}");
        let values = near.to_doubles().into_owned().into_iter().zip(x.to_doubles().into_owned());
        assert!(values.into_iter().all(|(a, b)| same(a, b)), "{short}");
        // In a narrow window too.
        let narrow = array(&x, &Style { width: 20, ..exact });
        assert_eq!(bits(&typed(&narrow)), bits(&x), "{narrow}");
    }
    assert!(kinds.iter().all(|&count| count > 500), "{kinds:?}");
}
