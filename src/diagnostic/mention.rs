//! Operands called by their names.
//!
//! A kernel that writes "transpose w" does not know that its second operand is called `w`; only the
//! interpreter does. So a kernel writes [`name(1)`](name), a character that no program contains, and
//! whoever gives the failure its place puts the operand's own text there.

/// The first of the characters that stand for names, in a private-use area of Unicode.
const NAMES: u32 = 0xF_0000;
/// The first of those that stand for names in a column.
const COLUMNS: u32 = 0xF_1000;
/// How many there are of each.
const MOST: u32 = 0x1000;

/// Stands for what operand or argument `i` is called.
pub fn name(i: usize) -> char {
    mark(NAMES, i)
}

/// Stands for the same, filled up to the width of the longest name, for a table. Past the last operand
/// it is blank.
pub fn column(i: usize) -> char {
    mark(COLUMNS, i)
}

fn mark(first: u32, i: usize) -> char {
    let i = u32::try_from(i).unwrap_or(MOST).min(MOST - 1);
    char::from_u32(first + i).unwrap_or('?')
}

/// The text with names for the characters that stand for them.
pub fn fill(text: &str, names: &[String]) -> String {
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        let code = u32::from(char);
        if (NAMES..NAMES + MOST).contains(&code) {
            out.push_str(names.get((code - NAMES) as usize).map_or("it", String::as_str));
        } else if (COLUMNS..COLUMNS + MOST).contains(&code) {
            let name = names.get((code - COLUMNS) as usize).map_or("", String::as_str);
            out.push_str(&format!("{name:width$}"));
        } else {
            out.push(char);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{column, fill, name};

    #[test]
    fn names_stand_where_they_are_mentioned() {
        let names = ["prices".to_string(), "w".to_string()];
        assert_eq!(fill(&format!("transpose {}", name(1)), &names), "transpose w");
        assert_eq!(fill(&format!("{}|{}|{}|", column(0), column(1), column(2)), &names), "prices|w     |      |");
        assert_eq!(fill("{0}", &names), "{0}");
    }
}
