//! What went wrong, and how to mend it.
//!
//! Two types, because two parts of the program know two different things. A kernel knows *what* is
//! wrong but not where: it returns a [`Fail`], which speaks of "the left operand" and "argument 2".
//! Only the interpreter holds the tree, so it alone turns a `Fail` into a [`Diagnostic`], which speaks
//! of spans. A message states the fact, a label the value that matters, a help the remedy.

pub mod catalogue;
pub mod draw;
pub mod json;
pub mod mention;
pub mod safe;
pub mod suggest;

use crate::source::Span;

/// A part of the operation that failed, as a kernel can name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The whole expression.
    Whole,
    /// The operator, or the name of the function that was called.
    Operator,
    /// An operand or argument, counted from 0.
    Argument(usize),
    /// The name that an argument was given by, counted from 0 among those given by name.
    Keyword(usize),
    /// The argument for the parameter of this name: a kernel that knows an axis does not know which
    /// argument said it. The whole call, if nobody gave it.
    Parameter(&'static str),
}

/// One change of a patch, as a kernel can name it.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit<At> {
    /// Put text just before a part.
    Before(At, String),
    /// Put text just after a part.
    After(At, String),
    /// Put text in place of a part.
    Replace(At, String),
}

/// What to type instead: a sentence, and the edits that do it if there are any.
#[derive(Clone, Debug, PartialEq)]
pub struct Help<At> {
    /// The sentence.
    pub text: String,
    /// Edits that, applied together, mend the program.
    pub edits: Vec<Edit<At>>,
}

/// Whether a program may go on after a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Kind {
    /// A mistake in the program: `catch` may handle it.
    #[default]
    Mistake,
    /// Ctrl-C. Never caught.
    Interrupt,
    /// Memory, depth or time ran out. Never caught.
    Limit,
    /// Whoever called back into the program already knows the message and its place.
    Placed,
}

/// What went wrong, without a place. Boxed everywhere, since failing is rare: see [`Fail`].
#[derive(Clone, Debug, PartialEq)]
pub struct Problem<At> {
    /// Whether a program may go on after it.
    pub kind: Kind,
    /// The fact: lower case, no full stop, about the user's thing by its name.
    pub title: String,
    /// The values that matter, each beside the part it belongs to. The first one is primary.
    pub labels: Vec<(At, String)>,
    /// Longer explanations, shown below the source.
    pub notes: Vec<String>,
    /// Remedies, the likeliest first.
    pub helps: Vec<Help<At>>,
}

/// What a kernel or a builtin returns when it cannot do what was asked.
pub type Fail = Box<Problem<Part>>;

/// The result of anything that can fail without knowing where it stands.
pub type Outcome<T> = Result<T, Fail>;

impl<At> Problem<At> {
    /// A problem with nothing but its fact.
    pub fn new(title: impl Into<String>) -> Box<Problem<At>> {
        Box::new(Problem {
            kind: Kind::Mistake,
            title: title.into(),
            labels: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
        })
    }

    /// Says that a program may not go on after it.
    pub fn kind(mut self: Box<Self>, kind: Kind) -> Box<Self> {
        self.kind = kind;
        self
    }

    /// Adds the value that matters beside a part. The first label is the primary one.
    pub fn label(mut self: Box<Self>, at: At, text: impl Into<String>) -> Box<Self> {
        self.labels.push((at, text.into()));
        self
    }

    /// Adds a longer explanation.
    pub fn note(mut self: Box<Self>, text: impl Into<String>) -> Box<Self> {
        self.notes.push(text.into());
        self
    }

    /// Adds a remedy in words.
    pub fn help(mut self: Box<Self>, text: impl Into<String>) -> Box<Self> {
        self.helps.push(Help { text: text.into(), edits: Vec::new() });
        self
    }

    /// Adds a remedy that can be applied.
    pub fn patch(mut self: Box<Self>, text: impl Into<String>, edits: Vec<Edit<At>>) -> Box<Self> {
        self.helps.push(Help { text: text.into(), edits });
        self
    }
}

/// A count for a sentence, its digits in threes: `10 000`.
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) && digits.len() > 4 {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// Shorthand for the commonest thing a kernel does when it cannot go on.
pub fn fail<T>(title: impl Into<String>) -> Outcome<T> {
    Err(Problem::new(title))
}

/// How much a message matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Stops the statement.
    Error,
    /// Lets it go on.
    Warning,
    /// Informs.
    Note,
}

/// A message with its places, ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// How much it matters.
    pub level: Level,
    /// What went wrong and how to mend it.
    pub problem: Problem<Span>,
    /// The calls that led there, innermost first: the name of the function called, and the call.
    pub calls: Vec<(String, Span)>,
    /// The text ended too early: at a prompt that is not a mistake but a line to be continued.
    pub unfinished: bool,
}

impl Diagnostic {
    /// An error with its place: the primary label of the problem.
    #[expect(clippy::boxed_local, reason = "problems are boxed wherever they travel")]
    pub fn error(problem: Box<Problem<Span>>) -> Box<Diagnostic> {
        Box::new(Diagnostic { level: Level::Error, problem: *problem, calls: Vec::new(), unfinished: false })
    }

    /// The span of the primary label.
    pub fn span(&self) -> Span {
        self.problem.labels.first().map_or(Span::default(), |(span, _)| *span)
    }
}
