//! Where two texts differ, line by line.

/// Lines that are compared, since it takes memory for each pair; the rest of a longer text is left out.
const MOST: usize = 2_000;

/// The lines of two texts below each other: `-` only in the first, `+` only in the second.
pub fn difference(expected: &str, found: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (expected.lines().take(MOST).collect(), found.lines().take(MOST).collect());
    // The length of the longest common subsequence of what follows each pair of positions.
    let mut common = vec![vec![0_u32; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] =
                if old[i] == new[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut out = String::new();
    while i < old.len() || j < new.len() {
        let (sign, text) = if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
            (' ', old[i - 1])
        } else if i < old.len() && (j == new.len() || common[i + 1][j] >= common[i][j + 1]) {
            i += 1;
            ('-', old[i - 1])
        } else {
            j += 1;
            ('+', new[j - 1])
        };
        out.push(sign);
        out.push(' ');
        out.push_str(text);
        out.push('\n');
    }
    out
}
