//! Colours: those of curves, which people who see few can tell apart, and those of values between a
//! smallest and a largest.

use super::page::Color;

/// The colour of a series on a page: those of
/// [Okabe and Ito](https://jfly.uni-koeln.de/color/).
pub fn of_series(i: usize) -> Color {
    const SERIES: [Color; 7] = [
        [0x00, 0x72, 0xb2],
        [0xd5, 0x5e, 0x00],
        [0x00, 0x9e, 0x73],
        [0xcc, 0x79, 0xa7],
        [0xe6, 0x9f, 0x00],
        [0x56, 0xb4, 0xe9],
        [0x00, 0x00, 0x00],
    ];
    SERIES.get(i % SERIES.len()).copied().unwrap_or_default()
}

/// The colour of a value from 0 to 1: [viridis](https://bids.github.io/colormap/) by Smith and van der
/// Walt (CC0), which grows lighter evenly, so that it can also be read in grey.
pub fn of_value(x: f64) -> Color {
    const STOPS: [Color; 11] = [
        [0x44, 0x01, 0x54],
        [0x48, 0x24, 0x75],
        [0x41, 0x44, 0x87],
        [0x35, 0x5f, 0x8d],
        [0x2a, 0x78, 0x8e],
        [0x21, 0x91, 0x8c],
        [0x22, 0xa8, 0x84],
        [0x44, 0xbf, 0x70],
        [0x7a, 0xd1, 0x51],
        [0xbd, 0xdf, 0x26],
        [0xfd, 0xe7, 0x25],
    ];
    let at = x.clamp(0.0, 1.0) * (STOPS.len() - 1) as f64;
    let stop = |i: usize| STOPS.get(i.min(STOPS.len() - 1)).copied().unwrap_or_default();
    let ([r0, g0, b0], [r1, g1, b1]) = (stop(at as usize), stop(at as usize + 1));
    let between = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * at.fract()).round() as u8;
    [between(r0, r1), between(g0, g1), between(b0, b1)]
}

/// How light a colour looks, from 0 to 1: the luma of
/// [Rec. 709](https://www.itu.int/rec/R-REC-BT.709).
pub fn lightness(color: Color) -> f64 {
    let [red, green, blue] = color.map(f64::from);
    (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255.0
}

/// The nearest of the 256 colours that terminals number: a cube of six steps a side, and greys.
pub fn numbered(color: Color) -> u8 {
    let [red, green, blue] = color.map(f64::from);
    let (low, high) = (red.min(green).min(blue), red.max(green).max(blue));
    if high - low < 8.0 {
        // Greys from 8 to 238 in steps of 10; black and white are in the cube.
        let grey = (red + green + blue) / 3.0;
        return match ((grey - 8.0) / 10.0).round() {
            step if step < 0.0 => 16,
            step if step > 23.0 => 231,
            step => 232 + step as u8,
        };
    }
    // The steps of the cube are at 0, 95, 135, 175, 215 and 255.
    let step = |x: f64| if x < 48.0 { 0 } else { ((x - 35.0) / 40.0).round().clamp(1.0, 5.0) as u8 };
    16 + 36 * step(red) + 6 * step(green) + step(blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_grow_lighter() {
        let light: Vec<f64> = (0..=20).map(|i| lightness(of_value(f64::from(i) / 20.0))).collect();
        assert!(light.is_sorted(), "{light:?}");
        assert_eq!(of_value(f64::NAN.max(0.0)), of_value(0.0));
    }

    #[test]
    fn terminals_have_the_corners_of_the_cube() {
        assert_eq!(numbered([0, 0, 0]), 16);
        assert_eq!(numbered([255, 255, 255]), 231);
        assert_eq!(numbered([255, 0, 0]), 196);
        assert_eq!(numbered([128, 128, 128]), 244);
    }
}
