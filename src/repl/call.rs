//! In which call a place stands, what is called, and what it can still be given.

use crate::builtin;
use crate::interpret::Session;
use crate::syntax::paint::{Class, Word, words};
use crate::value::{Function, Value, signature_of};

/// The call around the end of a text.
pub struct Around {
    /// The parameters as help shows them: `axis = none`, `...rest`.
    pub params: Vec<String>,
    /// How many arguments come before the one at the end, the receiver of a method included.
    pub given: usize,
    /// The names of the arguments that were given by name.
    pub named: Vec<String>,
    /// The argument at the end has not begun.
    pub fresh: bool,
}

/// The innermost call whose arguments a text ends in.
pub fn around(text: &str, session: &Session) -> Option<Around> {
    let words = words(text);
    let (at, commas) = innermost(&words)?;
    let word = |at: usize| words.get(at).and_then(|word| text.get(word.range.clone())).unwrap_or_default();
    if word(at) != "(" || words.get(at.checked_sub(1)?)?.class != Class::Name {
        return None;
    }
    // A function that is being defined is not called.
    if at >= 2 && word(at - 2) == "fn" {
        return None;
    }
    let name = word(at - 1);
    let method = at >= 2 && words.get(at - 2).is_some_and(|word| word.class == Class::Dot);
    let params = params(name, session)?;
    let begins_name =
        |start: usize| words.get(start + 1).is_some_and(|word| word.class == Class::Name) && word(start + 2) == "=";
    let starts = commas.iter().copied().chain([at]);
    let named = starts.filter(|&start| begins_name(start)).map(|start| word(start + 1).to_string()).collect();
    let last = words.len() - 1;
    let fresh = last == at || commas.last() == Some(&last);
    Some(Around { params, given: commas.len() + usize::from(method), named, fresh })
}

/// The number of the innermost bracket that is open at the end, and those of the commas directly in it.
fn innermost(words: &[Word]) -> Option<(usize, Vec<usize>)> {
    let mut open: Vec<(usize, Vec<usize>)> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        match word.class {
            Class::Open => open.push((at, Vec::new())),
            Class::Close => drop(open.pop()),
            Class::Comma => open.iter_mut().last().into_iter().for_each(|(_, commas)| commas.push(at)),
            _ => {}
        }
    }
    open.pop()
}

/// The parameters of a function with a name.
fn params(name: &str, session: &Session) -> Option<Vec<String>> {
    match session.get(name) {
        Some(Value::Function(function)) => match &**function {
            Function::Closure(closure) => {
                let signature = signature_of(&closure.lambda);
                let inside = signature.split_once('(')?.1.strip_suffix(')')?;
                Some(split(inside))
            }
            Function::Partial(_) => None,
        },
        Some(Value::Builtin(builtin)) => Some(builtin.params.iter().map(|param| param.to_string()).collect()),
        Some(_) => None,
        None => match builtin::find(name) {
            Some(builtin) => Some(builtin.params.iter().map(|param| param.to_string()).collect()),
            None => {
                // The language's own library, as it is written.
                let (_, text) = builtin::library::defines(name)?;
                let (_, rest) = text.split_once(&format!("fn {name}("))?;
                Some(split(rest.lines().next()?.split_once(") {")?.0))
            }
        },
    }
}

/// Parameters at the commas that are in no bracket.
fn split(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut depth = 0_usize;
    for char in text.chars() {
        match char {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                out.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = out.last_mut() {
            last.push(char);
        }
    }
    out.into_iter().map(|param| param.trim().to_string()).filter(|param| !param.is_empty()).collect()
}

impl Around {
    /// The parameters that have no argument yet.
    pub fn open(&self) -> impl Iterator<Item = &str> {
        let rest = |param: &str| param.starts_with("...");
        self.params
            .iter()
            .enumerate()
            .filter(move |(i, param)| *i >= self.given || rest(param))
            .map(|(_, param)| param.as_str())
            .filter(|param| !self.named.iter().any(|name| name == word(param)))
    }

    /// `axis = ` for every parameter that can still be given by name.
    pub fn keywords(&self) -> Vec<String> {
        self.open().filter(|param| !param.starts_with("...")).map(|param| format!("{} = ", word(param))).collect()
    }
}

fn word(param: &str) -> &str {
    param.split(' ').next().unwrap_or(param)
}

#[cfg(test)]
mod tests {
    use super::around;
    use crate::interpret::Session;

    fn open(text: &str) -> Option<Vec<String>> {
        let mut session = Session::default();
        assert!(session.input("fn f(a, k = (1, 2), ...rest) { a }").is_ok());
        around(text, &session).map(|call| call.open().map(str::to_string).collect())
    }

    #[test]
    fn what_a_call_can_still_be_given() {
        assert_eq!(open("y = f(").unwrap_or_default(), ["a", "k = ...", "...rest"]);
        assert_eq!(open("f(1, ").unwrap_or_default(), ["k = ...", "...rest"]);
        assert_eq!(open("f(k = 3, ").unwrap_or_default(), ["...rest"]);
        assert_eq!(open("sum(x, ").unwrap_or_default(), ["axis = none", "keepdims = false"]);
        assert_eq!(open("x.sum(").unwrap_or_default(), ["axis = none", "keepdims = false"]);
        assert_eq!(open("f(sum(x), sum(").unwrap_or_default(), ["x", "axis = none", "keepdims = false"]);
        assert_eq!(open("mse_loss(").unwrap_or_default(), ["prediction", "target"]);
        for text in ["f", "f(1)", "(", "[1, ", "fn f(", "if (", "nothing("] {
            assert_eq!(open(text), None, "{text}");
        }
    }
}
