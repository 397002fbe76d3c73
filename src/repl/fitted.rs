//! Sentences in a window: a terminal would break them in the middle of a word.

use unicode_width::UnicodeWidthStr;

/// A text whose long lines are broken at blanks. What a line is continued with stands where its last column
/// begins; examples stay as they are.
pub fn fitted(text: &str, width: usize) -> String {
    text.split('\n')
        .map(|line| if line.starts_with('>') { line.to_string() } else { broken(line, width) })
        .collect::<Vec<_>>()
        .join("\n")
}

fn broken(line: &str, width: usize) -> String {
    if line.width() <= width {
        return line.to_string();
    }
    let column = line.rfind("  ").map_or(0, |at| at + 2);
    // A column so far to the right leaves no room for words.
    let indent = if column * 2 > width { 0 } else { column };
    let mut out = line.get(..indent).unwrap_or_default().to_string();
    let mut used = out.width();
    let mut begun = false;
    for word in line.get(indent..).unwrap_or_default().split(' ') {
        if begun && used + 1 + word.width() > width {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            used = indent;
        } else if begun {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += word.width();
        begun = true;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::fitted;

    #[test]
    fn lines_break_at_blanks_and_hang() {
        assert_eq!(fitted("one two three\nfour", 8), "one two\nthree\nfour");
        assert_eq!(fitted("  :a   one two three", 14), "  :a   one two\n       three");
        assert_eq!(fitted("> an example is code", 8), "> an example is code");
        assert_eq!(fitted("sesquipedalian is", 8), "sesquipedalian\nis");
    }
}
