//! Nothing a user types ends the program: every fixture, cut, doubled and stirred.

use super::names::Session;
use adlib::diagnostic::Edit;
use adlib::source::Span;
use adlib::syntax::parse;
use adlib::syntax::resolve::resolve;

/// Knuth's generator: a test must see the same programs everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

const BASE: u32 = 7;

fn check(text: &str) {
    let within = |span: Span| {
        assert!(span.start >= BASE && span.start <= span.end, "{span:?} in {text:?}");
        let range = (span.start - BASE) as usize..(span.end - BASE) as usize;
        assert!(text.get(range).is_some(), "{span:?} in {text:?}");
    };
    match parse(text, BASE) {
        Ok(mut parsed) => {
            for statement in &parsed.block.statements {
                within(statement.span);
            }
            let mut session = Session::default();
            let _ = resolve(&mut parsed.block, &mut session);
            session.places.into_iter().for_each(within);
        }
        Err(errors) => {
            assert!((1..=3).contains(&errors.len()));
            for problem in errors.iter().map(|error| &error.problem) {
                assert!(problem.title.chars().count() <= 60, "{}", problem.title);
                assert!(!problem.labels.is_empty());
                problem.labels.iter().for_each(|(span, _)| within(*span));
                for edit in problem.helps.iter().flat_map(|help| &help.edits) {
                    let (Edit::Before(span, _) | Edit::After(span, _) | Edit::Replace(span, _)) = edit;
                    within(*span);
                }
            }
        }
    }
}

#[test]
fn no_text_panics() {
    let fixtures = [
        include_str!("programs.txt"),
        include_str!("records.txt"),
        include_str!("newlines.txt"),
        include_str!("habits.txt"),
        include_str!("strings.txt"),
    ];
    let programs: Vec<Vec<char>> = fixtures
        .iter()
        .flat_map(|text| text.split("\n===\n"))
        .filter_map(|case| Some(case.split_once("\n---")?.0.chars().collect()))
        .collect();
    let mut random = Random(1);
    for _ in 0..6_000 {
        let mut program = programs[random.below(programs.len())].clone();
        for _ in 0..=random.below(4) {
            let at = random.below(program.len() + 1);
            let end = (at + random.below(6)).min(program.len());
            match random.below(3) {
                0 => drop(program.drain(at..end)),
                1 => {
                    let part = program[at..end].to_vec();
                    let place = random.below(program.len() + 1);
                    program.splice(place..place, part);
                }
                _ => {
                    let other = &programs[random.below(programs.len())];
                    let from = random.below(other.len() + 1);
                    program.splice(at..end, other[from..(from + random.below(8)).min(other.len())].iter().copied());
                }
            }
        }
        check(&program.into_iter().collect::<String>());
    }
}
