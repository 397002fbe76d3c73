//! Spans are exact, also inside strings, and every part knows its own.

use adlib::syntax::ast::*;
use adlib::syntax::parse;

const BASE: u32 = 100;

fn first(text: &str) -> Block {
    parse(text, BASE).unwrap().block
}

fn value(block: &Block) -> &Expr {
    match &block.statements[0].kind {
        StatementKind::Expression(value) | StatementKind::Assign(_, value) => value,
        _ => panic!("no value"),
    }
}

fn text(source: &str, span: adlib::source::Span) -> &str {
    &source[(span.start - BASE) as usize..(span.end - BASE) as usize]
}

#[test]
fn names_and_operators_inside_strings_have_exact_spans() {
    let source = "print(\"θ {alpha + f(\"b {beta ** 2:>8}\")} end\")";
    let block = first(source);
    let ExprKind::Call(call) = &value(&block).kind else { panic!("a call") };
    let ExprKind::Interpolated(pieces) = &call.arguments[0].value.kind else { panic!("a string") };
    let Piece::Value(Expr { kind: ExprKind::Chain(alpha, steps), .. }, None) = &pieces[1] else { panic!("a sum") };
    assert_eq!((text(source, alpha.span), text(source, steps[0].op_span)), ("alpha", "+"));
    assert_eq!(text(source, steps[0].operand.span), "f(\"b {beta ** 2:>8}\")");
    let ExprKind::Call(inner) = &steps[0].operand.kind else { panic!("a call") };
    let ExprKind::Interpolated(pieces) = &inner.arguments[0].value.kind else { panic!("a string") };
    let Piece::Value(power, Some(format)) = &pieces[1] else { panic!("a value") };
    assert_eq!((text(source, power.span), &**format), ("beta ** 2", ">8"));
    let ExprKind::Power(_, step) = &power.kind else { panic!("a power") };
    assert_eq!(text(source, step.op_span), "**");
}

#[test]
fn texts_are_read_with_their_escapes() {
    let read = |source: &str| match &value(&first(source)).kind {
        ExprKind::Text(text) => text.to_string(),
        ExprKind::Interpolated(pieces) => pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.to_string(),
                Piece::Value(_, format) => format!("<{}>", format.as_deref().unwrap_or("")),
            })
            .collect(),
        _ => panic!("a string"),
    };
    assert_eq!(read(r#""a\n\t\"\\\{\}\u{3b8}""#), "a\n\t\"\\{}θ");
    assert_eq!(read(r#""{{x}} } {y:.2f}}}z""#), "{x} } <.2f>}z");
    assert_eq!(read("\"\"\"\na\r\n\"b\" {c}\"\"\""), "\na\n\"b\" <>");
    assert_eq!(read(r#"r"\n{x}""#), r"\n{x}");
    assert_eq!(read("\"{x::}{y:=+5}{a[1:2]}{b[1:2]:e}\""), "<:><=+5><><e>");
}

#[test]
fn numbers_have_their_values() {
    for (source, expected) in [
        ("1", 1.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("1_000.5", 1000.5),
        ("1e-3", 1e-3),
        ("1.e5", 1e5),
        ("2.5E+2", 250.0),
        ("0xff", 255.0),
        ("0XfF_fF", 65535.0),
        ("1e999", f64::INFINITY),
        ("0.1", 0.1),
    ] {
        let ExprKind::Number(number) = value(&first(source)).kind else { panic!("a number") };
        assert_eq!(number, expected, "{source}");
    }
}

#[test]
fn parentheses_widen_a_span_and_nothing_else() {
    let source = "( x ) + (y * z)";
    let block = first(source);
    let ExprKind::Chain(x, steps) = &value(&block).kind else { panic!("a sum") };
    assert_eq!((text(source, x.span), x.depth), ("( x )", 1));
    assert_eq!(text(source, steps[0].operand.span), "(y * z)");
    let ExprKind::Name(name) = &x.kind else { panic!("a name") };
    assert_eq!(text(source, name.span), "x");
    // `(x.f)(y)` is no method call.
    assert!(matches!(value(&first("(x.f)(y)")).kind, ExprKind::Call(_)));
    assert!(matches!(value(&first("x.f(y)")).kind, ExprKind::MethodCall(_)));
}

#[test]
fn statements_blocks_and_indices_have_their_spans() {
    let source = "  x[1:, ...] = y ;\nif a { b } # end\nrecord(t = 1) < c >";
    let block = first(source);
    let spans: Vec<&str> = block.statements.iter().map(|statement| text(source, statement.span)).collect();
    assert_eq!(spans, ["x[1:, ...] = y", "if a { b }", "record(t = 1) < c >"]);
    assert_eq!(text(source, block.span), source);
    assert!(block.statements[0].quiet && !block.statements[1].quiet);
    let StatementKind::Assign(Target::Index(_, indices, span, _), _) = &block.statements[0].kind else { panic!() };
    assert_eq!(text(source, *span), "x[1:, ...]");
    let (Index::Range(.., range), Index::Ellipsis(dots)) = (&indices[0], &indices[1]) else { panic!() };
    assert_eq!((text(source, *range), text(source, *dots)), ("1:", "..."));
    let StatementKind::Expression(Expr { kind: ExprKind::Mode(mode), .. }) = &block.statements[2].kind else {
        panic!()
    };
    assert_eq!((text(source, mode.keyword_span), text(source, mode.body.span)), ("record", "< c >"));
}

#[test]
fn definitions_keep_the_lines_above_them() {
    let doc = |source: &str| {
        let block = first(source);
        match &block.statements.last().unwrap().kind {
            StatementKind::Define(_, lambda) => lambda.doc.clone(),
            StatementKind::Assign(_, Expr { kind: ExprKind::Lambda(lambda), .. }) => lambda.doc.clone(),
            _ => panic!("no definition"),
        }
    };
    assert_eq!(doc("x\n## One.\n##\n##  Two.\nfn f(x) { x }").as_deref(), Some("One.\n\n Two."));
    assert_eq!(doc("## One.\nf(x) = x").as_deref(), Some("One."));
    assert_eq!(doc("## One.\nf = x -> x").as_deref(), Some("One."));
    assert_eq!(doc("## One.\n\nf(x) = x"), None);
    assert_eq!(doc("## One.\n# Two.\nf(x) = x"), None);
    assert_eq!(doc("x = 1 ## One.\nf(x) = x"), None);
    assert_eq!(doc("# One.\nf(x) = x"), None);
}
