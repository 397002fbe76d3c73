//! The tree of a program.
//!
//! The parser makes it, [`resolve`](super::resolve) fills in the slots and places, the interpreter
//! walks it. Chains of `+`, `*`, comparisons, `and` and `or`, and the arms of an `if`, are flat lists:
//! a sum of a million terms must overflow neither a walker nor a `Drop`. Everything else that nests
//! counts its [`depth`](Expr::depth), and the parser refuses a tree deeper than
//! [`MAX_DEPTH`].

use crate::source::{Place, Span};
use std::cell::Cell;
use std::rc::Rc;

/// The deepest tree the parser builds.
pub const MAX_DEPTH: u16 = 200;

/// Statements, in order.
#[derive(Debug, Default)]
pub struct Block {
    /// The statements.
    pub statements: Vec<Statement>,
    /// From the first bracket to the last, or the whole text of a program.
    pub span: Span,
    /// One more than the deepest expression inside.
    pub depth: u16,
}

/// One statement.
#[derive(Debug)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// Its text, without the `;`.
    pub span: Span,
    /// It was ended by `;`, so the prompt does not show its value.
    pub quiet: bool,
    /// The variables that are certainly assigned here or below before anything can read what they hold, in
    /// the order in which they are.
    pub overwrites: Vec<Slot>,
}

/// What a statement does.
#[derive(Debug)]
pub enum StatementKind {
    /// An expression, for its value or its effect.
    Expression(Expr),
    /// `target = value`
    Assign(Target, Expr),
    /// `target op= value`
    Update(Box<Update>),
    /// `fn f(x) { … }`, `fn f(x) = e`, `f(x) = e`
    Define(Variable, Rc<Lambda>),
    /// `while condition { body }`
    While(Expr, Block),
    /// `for target in items { body }`
    For(Target, Expr, Block),
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `return value`
    Return(Option<Expr>),
    /// `import nn`, `import "file.ad" as m`
    Import(Import),
}

/// `target op= value`
#[derive(Debug)]
pub struct Update {
    /// What is updated.
    pub target: Target,
    /// How.
    pub op: BinaryOp,
    /// The text of the `op=`.
    pub op_span: Span,
    /// The right-hand side.
    pub value: Expr,
    /// Where a step recorded by this operation says it comes from.
    pub place: Place,
}

/// `import` and where the module comes from.
#[derive(Debug)]
pub struct Import {
    /// A library module's name, or a path when [`quoted`](Import::quoted).
    pub path: Rc<str>,
    /// Whether the path was written as a string.
    pub quoted: bool,
    /// The text of the name or path.
    pub path_span: Span,
    /// The variable that will hold the module.
    pub variable: Variable,
}

/// What can stand on the left of `=`.
#[derive(Debug)]
pub enum Target {
    /// `x`
    Name(Variable),
    /// `base[index]`
    Index(Box<Target>, Vec<Index>, Span, Place),
    /// `base.name`
    Member(Box<Target>, Member, Span),
    /// `a, b` or `(a, b)`
    Tuple(Vec<Target>, Span),
}

/// Where a variable lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Slot {
    /// Not resolved yet.
    #[default]
    Unresolved,
    /// In the frame of the running function.
    Local(u32),
    /// Among the top-level names of the file (or session) that the code belongs to.
    Global(u32),
}

/// A name that is read or assigned.
#[derive(Clone, Debug)]
pub struct Variable {
    /// As written.
    pub name: Rc<str>,
    /// The text of the name.
    pub span: Span,
    /// Where it lives.
    pub slot: Slot,
    /// Nothing reads it again before it is overwritten, so what it holds may be taken: `v` in `v = 0.9 * v`.
    pub last: bool,
}

/// A name after a dot: an entry, or the nearest function of that name.
#[derive(Clone, Debug)]
pub struct Member {
    /// As written.
    pub name: Rc<str>,
    /// The text of the name.
    pub span: Span,
    /// The local variable of that name, if the running function has one: [`Slot::Local`].
    pub local: Slot,
    /// The top-level variable of that name: [`Slot::Global`].
    pub global: Slot,
}

/// An expression.
#[derive(Debug)]
pub struct Expr {
    /// What it computes.
    pub kind: ExprKind,
    /// Its text. Parentheses around an expression belong to the span of the expression.
    pub span: Span,
    /// One more than the depth of its deepest part.
    pub depth: u16,
    /// Whether it was something else than a plain number when it last ran. Whoever has a short way for
    /// plain numbers need not try it then; what the value is does not depend on this.
    pub other: Cell<bool>,
    /// What is known of it as a formula that is recorded as one step: 0 is nothing yet. Like the above, it decides
    /// how fast the value is found, and not what it is.
    pub formula: Cell<u32>,
}

impl Expr {
    /// An expression of this kind that has not run yet.
    pub fn new(kind: ExprKind, span: Span, depth: u16) -> Expr {
        Expr { kind, span, depth, other: Cell::new(false), formula: Cell::new(0) }
    }
}

/// What an expression computes.
#[derive(Debug)]
pub enum ExprKind {
    /// `1.5`
    Number(f64),
    /// `true`
    Bool(bool),
    /// `none`
    None,
    /// A string without interpolation, escapes already read.
    Text(Rc<str>),
    /// A string with `{expression:spec}` in it.
    Interpolated(Vec<Piece>),
    /// `x`
    Name(Variable),
    /// `[a, b]`
    Array(Vec<Expr>),
    /// `(a, b)`, `(w = W, ...t)`, `a, b`
    Tuple(Vec<Argument>),
    /// A chain of `+ -`, or of `* / // % @`, from the left; at least one step.
    Chain(Box<Expr>, Vec<Step>),
    /// A chain of comparisons, each with its neighbour; at least one step.
    Compare(Box<Expr>, Vec<Step>),
    /// `base ** exponent`: one step, whose operator is [`BinaryOp::Power`].
    Power(Box<Expr>, Box<Step>),
    /// `-x`, `+x`
    Sign(Sign, Box<Expr>, Place),
    /// `not x`
    Not(Box<Expr>),
    /// `a and b and c`
    And(Vec<Expr>),
    /// `a or b or c`
    Or(Vec<Expr>),
    /// `f(arguments)`
    Call(Box<Call>),
    /// `receiver.name(arguments)`
    MethodCall(Box<MethodCall>),
    /// `receiver.name`
    Member(Box<Expr>, Member, Place),
    /// `base[index]`
    Index(Box<Expr>, Vec<Index>, Place),
    /// `f'`, `f''`: the function and how many primes.
    Prime(Box<Expr>, u32, Place),
    /// `x -> e`, `fn(x) e`, `fn(x) { … }`
    Lambda(Rc<Lambda>),
    /// `if a { … } else if b { … } else { … }`
    If(Vec<(Expr, Block)>, Option<Block>),
    /// `try { … } catch err { … }`
    Try(Box<Try>),
    /// `record(train = false) < … >` and its relatives.
    Mode(Box<ModeBlock>),
}

/// `-` or `+` before an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `-x`
    Minus,
    /// `+x`
    Plus,
}

/// One operator and its right operand.
#[derive(Debug)]
pub struct Step {
    /// The operator.
    pub op: BinaryOp,
    /// The text of the operator.
    pub op_span: Span,
    /// The right operand.
    pub operand: Expr,
    /// Where a step recorded by this operation says it comes from: the span from the first operand of
    /// the chain to this one.
    pub place: Place,
}

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `//`
    FloorDivide,
    /// `%`
    Remainder,
    /// `@`
    MatMul,
    /// `**`, `^`
    Power,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `in`
    In,
    /// `not in`
    NotIn,
}

/// A part of an interpolated string.
#[derive(Debug)]
pub enum Piece {
    /// Text as it will appear.
    Text(Rc<str>),
    /// `{expression}` or `{expression:spec}`; the spec is Python's format specification.
    Value(Expr, Option<Rc<str>>),
}

/// An argument of a call or an entry of a tuple.
#[derive(Debug)]
pub struct Argument {
    /// How it was passed.
    pub kind: ArgumentKind,
    /// Its value.
    pub value: Expr,
}

impl Argument {
    /// Whether it was passed by position.
    #[inline]
    pub fn is_positional(&self) -> bool {
        matches!(self.kind, ArgumentKind::Positional)
    }
}

/// How an argument was passed.
#[derive(Debug)]
pub enum ArgumentKind {
    /// `e`
    Positional,
    /// `name = e`
    Named(Rc<str>, Span),
    /// `...e`
    Spread,
}

/// `callee(arguments)`
#[derive(Debug)]
pub struct Call {
    /// What is called.
    pub callee: Expr,
    /// With what.
    pub arguments: Vec<Argument>,
    /// Where a step recorded by this call says it comes from.
    pub place: Place,
    /// What it called last, and where the arguments went.
    pub fit: Cell<Fit>,
}

/// `receiver.name(arguments)`
#[derive(Debug)]
pub struct MethodCall {
    /// What stands before the dot.
    pub receiver: Expr,
    /// The name after it.
    pub member: Member,
    /// The arguments in parentheses.
    pub arguments: Vec<Argument>,
    /// Where a step recorded by this call says it comes from.
    pub place: Place,
    /// What it called last, and where the arguments went.
    pub fit: Cell<Fit>,
}

/// How the arguments of a call fit the function of ours that it called last. It mostly calls the same one again,
/// and then no name is compared.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fit {
    /// The function, by its address; 0 for none.
    pub function: usize,
    /// Where each argument goes, if that is known before they are evaluated.
    pub places: Option<Places>,
}

/// The parameters, by number, that arguments go to: of a call with as many or fewer.
pub type Places = [u8; 7];

/// One position of an index.
#[derive(Debug)]
pub enum Index {
    /// A value: a whole number, `none` for a new axis, a mask or an array of indices.
    At(Expr),
    /// `start:stop:step`
    Range(Option<Expr>, Option<Expr>, Option<Expr>, Span),
    /// `...`
    Ellipsis(Span),
}

/// A function as written.
#[derive(Debug, Default)]
pub struct Lambda {
    /// Its name, if it was defined with one.
    pub name: Option<Rc<str>>,
    /// The parameters, in order. Parameter `i` lives in local slot `i`, `...rest` included.
    pub params: Vec<Param>,
    /// The last parameter collects what is left over: `...rest`.
    pub rest: bool,
    /// What it does. A one-line body is a block of one expression.
    pub body: Block,
    /// The `##` lines above its definition.
    pub doc: Option<Rc<str>>,
    /// Its text.
    pub span: Span,
    /// The names of all its local slots: parameters, then captured names, itself, and assigned names.
    pub locals: Vec<Rc<str>>,
    /// What it takes from the enclosing function when it is made: (slot there, slot here).
    pub captures: Vec<(u32, u32)>,
    /// The local slot in which an inner function finds itself.
    pub own_slot: Option<u32>,
}

/// A parameter.
#[derive(Debug)]
pub struct Param {
    /// Its name.
    pub name: Rc<str>,
    /// The text of the name.
    pub span: Span,
    /// Evaluated at the call if no argument is given.
    pub default: Option<Expr>,
}

/// `try { … } catch err { … }`
#[derive(Debug)]
pub struct Try {
    /// What is tried.
    pub body: Block,
    /// The variable that holds the error.
    pub error: Option<Variable>,
    /// What is done then.
    pub handler: Block,
}

/// A block between `<` and `>`.
#[derive(Debug)]
pub struct ModeBlock {
    /// Which one.
    pub mode: Mode,
    /// The arguments in parentheses before the block.
    pub arguments: Vec<Argument>,
    /// The statements.
    pub body: Block,
    /// The text of the keyword.
    pub keyword_span: Span,
}

/// What a block between `<` and `>` switches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `record < … >`
    Record,
    /// `pause < … >`
    Pause,
    /// `train_mode < … >`
    Train,
    /// `predict_mode < … >`
    Predict,
}
