//! A tree as text: `1 + 2 * 3` is `(+ 1 (* 2 3))`.

use adlib::source::Span;
use adlib::syntax::ast::*;

/// The statements of a program whose text begins at position `base`.
pub fn program(block: &Block, text: &str, base: u32) -> String {
    let printer = Printer { text, base };
    block.statements.iter().map(|statement| printer.statement(statement)).collect::<Vec<_>>().join(" ")
}

struct Printer<'a> {
    text: &'a str,
    base: u32,
}

fn list(head: &str, parts: Vec<String>) -> String {
    let mut all = vec![head.to_string()];
    all.extend(parts);
    format!("({})", all.join(" "))
}

impl Printer<'_> {
    fn source(&self, span: Span) -> &str {
        &self.text[(span.start - self.base) as usize..(span.end - self.base) as usize]
    }

    /// The text of a literal, without parentheses around it.
    fn literal(&self, span: Span) -> String {
        self.source(span).trim_matches(['(', ')', ' ', '\n']).to_string()
    }

    fn statement(&self, statement: &Statement) -> String {
        let text = match &statement.kind {
            StatementKind::Expression(value) => self.expr(value),
            StatementKind::Assign(target, value) => list("=", vec![self.target(target), self.expr(value)]),
            StatementKind::Update(update) => {
                let op = format!("{}=", op(update.op));
                list(&op, vec![self.target(&update.target), self.expr(&update.value)])
            }
            StatementKind::Define(name, lambda) => {
                list("def", vec![name.name.to_string(), self.params(lambda), self.body(&lambda.body)])
            }
            StatementKind::While(condition, body) => list("while", vec![self.expr(condition), self.block(body)]),
            StatementKind::For(target, items, body) => {
                list("for", vec![self.target(target), self.expr(items), self.block(body)])
            }
            StatementKind::Break => list("break", vec![]),
            StatementKind::Continue => list("continue", vec![]),
            StatementKind::Return(value) => list("return", value.iter().map(|value| self.expr(value)).collect()),
            StatementKind::Import(import) => {
                let path = self.source(import.path_span).to_string();
                let named = import.variable.span != import.path_span;
                list("import", if named { vec![path, import.variable.name.to_string()] } else { vec![path] })
            }
        };
        if statement.quiet { list(";", vec![text]) } else { text }
    }

    fn statements(&self, block: &Block) -> Vec<String> {
        block.statements.iter().map(|statement| self.statement(statement)).collect()
    }

    fn block(&self, block: &Block) -> String {
        list("do", self.statements(block))
    }

    /// The body of a function: a block, or the expression of a one-line body.
    fn body(&self, block: &Block) -> String {
        if self.source(block.span).starts_with('{') { self.block(block) } else { self.statements(block).join(" ") }
    }

    fn params(&self, lambda: &Lambda) -> String {
        let last = lambda.params.len().wrapping_sub(1);
        let param = |(index, param): (usize, &Param)| match &param.default {
            Some(value) => list("named", vec![param.name.to_string(), self.expr(value)]),
            None if lambda.rest && index == last => list("spread", vec![param.name.to_string()]),
            None => param.name.to_string(),
        };
        format!("({})", lambda.params.iter().enumerate().map(param).collect::<Vec<_>>().join(" "))
    }

    fn target(&self, target: &Target) -> String {
        match target {
            Target::Name(name) => name.name.to_string(),
            Target::Index(base, indices, ..) => self.index(self.target(base), indices),
            Target::Member(base, member, _) => list(".", vec![self.target(base), member.name.to_string()]),
            Target::Tuple(parts, _) => list("tuple", parts.iter().map(|part| self.target(part)).collect()),
        }
    }

    fn index(&self, base: String, indices: &[Index]) -> String {
        let part = |value: &Option<Expr>| value.as_ref().map_or("_".to_string(), |value| self.expr(value));
        let index = |index: &Index| match index {
            Index::At(value) => self.expr(value),
            Index::Range(start, stop, None, _) => list(":", vec![part(start), part(stop)]),
            Index::Range(start, stop, step, _) => list(":", vec![part(start), part(stop), part(step)]),
            Index::Ellipsis(_) => "...".to_string(),
        };
        let mut parts = vec![base];
        parts.extend(indices.iter().map(index));
        list("index", parts)
    }

    fn exprs(&self, exprs: &[Expr]) -> Vec<String> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    fn arguments(&self, arguments: &[Argument]) -> Vec<String> {
        let argument = |argument: &Argument| match &argument.kind {
            ArgumentKind::Positional => self.expr(&argument.value),
            ArgumentKind::Named(name, _) => list("named", vec![name.to_string(), self.expr(&argument.value)]),
            ArgumentKind::Spread => list("spread", vec![self.expr(&argument.value)]),
        };
        arguments.iter().map(argument).collect()
    }

    /// `and` and `or` pair up from the left.
    fn pairs(&self, head: &str, exprs: &[Expr]) -> String {
        let mut parts = self.exprs(exprs).into_iter();
        let first = parts.next().unwrap_or_default();
        parts.fold(first, |left, right| list(head, vec![left, right]))
    }

    fn conditional(&self, arms: &[(Expr, Block)], other: &Option<Block>) -> String {
        let last = other.as_ref().map(|block| self.block(block));
        let tree = arms.iter().rev().fold(last, |other, (condition, block)| {
            let mut parts = vec![self.expr(condition), self.block(block)];
            parts.extend(other);
            Some(list("if", parts))
        });
        tree.unwrap_or_default()
    }

    fn expr(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Number(_) | ExprKind::Text(_) => self.literal(expr.span),
            ExprKind::Interpolated(_) => self.literal(expr.span),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::None => "none".to_string(),
            ExprKind::Name(name) => name.name.to_string(),
            ExprKind::Array(elements) => list("array", self.exprs(elements)),
            ExprKind::Tuple(entries) => list("tuple", self.arguments(entries)),
            ExprKind::Chain(first, steps) => steps
                .iter()
                .fold(self.expr(first), |left, step| list(op(step.op), vec![left, self.expr(&step.operand)])),
            ExprKind::Compare(first, steps) => match &steps[..] {
                [step] => list(op(step.op), vec![self.expr(first), self.expr(&step.operand)]),
                steps => {
                    let mut parts = vec![self.expr(first)];
                    for step in steps {
                        parts.push(op(step.op).to_string());
                        parts.push(self.expr(&step.operand));
                    }
                    list("chain", parts)
                }
            },
            ExprKind::Power(base, step) => list("**", vec![self.expr(base), self.expr(&step.operand)]),
            ExprKind::Sign(Sign::Minus, value, _) => list("neg", vec![self.expr(value)]),
            ExprKind::Sign(Sign::Plus, value, _) => list("pos", vec![self.expr(value)]),
            ExprKind::Not(value) => list("not", vec![self.expr(value)]),
            ExprKind::And(parts) => self.pairs("and", parts),
            ExprKind::Or(parts) => self.pairs("or", parts),
            ExprKind::Call(call) => {
                let mut parts = vec![self.expr(&call.callee)];
                parts.extend(self.arguments(&call.arguments));
                list("call", parts)
            }
            ExprKind::MethodCall(call) => {
                let mut parts = vec![list(".", vec![self.expr(&call.receiver), call.member.name.to_string()])];
                parts.extend(self.arguments(&call.arguments));
                list("call", parts)
            }
            ExprKind::Member(base, member, _) => list(".", vec![self.expr(base), member.name.to_string()]),
            ExprKind::Index(base, indices, _) => self.index(self.expr(base), indices),
            ExprKind::Prime(function, count, _) => {
                (0..*count).fold(self.expr(function), |inner, _| list("'", vec![inner]))
            }
            ExprKind::Lambda(lambda) => list("fn", vec![self.params(lambda), self.body(&lambda.body)]),
            ExprKind::If(arms, other) => self.conditional(arms, other),
            ExprKind::Try(parts) => {
                let error = parts.error.as_ref().map_or("_".to_string(), |error| error.name.to_string());
                list("try", vec![self.block(&parts.body), error, self.block(&parts.handler)])
            }
            ExprKind::Mode(mode) => {
                let mut parts = Vec::new();
                if !mode.arguments.is_empty() {
                    parts.push(list("args", self.arguments(&mode.arguments)));
                }
                parts.extend(self.statements(&mode.body));
                list(self.source(mode.keyword_span), parts)
            }
        }
    }
}

fn op(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::FloorDivide => "//",
        BinaryOp::Remainder => "%",
        BinaryOp::MatMul => "@",
        BinaryOp::Power => "**",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterEqual => ">=",
        BinaryOp::In => "in",
        BinaryOp::NotIn => "not in",
    }
}
