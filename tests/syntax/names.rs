//! Where names live: a printer of slots, and the cases.

use adlib::source::{Place, Span};
use adlib::syntax::ast::*;
use adlib::syntax::parse;
use adlib::syntax::resolve::{Names, resolve};
use std::rc::Rc;

/// Top-level names and places, as a session keeps them.
#[derive(Default)]
pub struct Session {
    pub globals: Vec<String>,
    pub places: Vec<Span>,
}

impl Names for Session {
    fn global(&mut self, name: &str) -> u32 {
        let known = self.globals.iter().position(|global| global == name);
        known.unwrap_or_else(|| {
            self.globals.push(name.to_string());
            self.globals.len() - 1
        }) as u32
    }

    fn wanted_inside(&mut self, _: u32) {}

    fn place(&mut self, span: Span) -> Place {
        self.places.push(span);
        Place(self.places.len() as u32)
    }
}

fn resolved(session: &mut Session, text: &str) -> Block {
    let mut block = parse(text, 0).unwrap().block;
    resolve(&mut block, session).unwrap();
    block
}

fn lambda(block: &Block, index: usize) -> Rc<Lambda> {
    match &block.statements[index].kind {
        StatementKind::Define(_, lambda) => lambda.clone(),
        StatementKind::Assign(_, Expr { kind: ExprKind::Lambda(lambda), .. }) => lambda.clone(),
        StatementKind::Expression(Expr { kind: ExprKind::Lambda(lambda), .. }) => lambda.clone(),
        _ => panic!("statement {index} defines no function"),
    }
}

fn value(block: &Block, index: usize) -> &Expr {
    match &block.statements[index].kind {
        StatementKind::Expression(value) | StatementKind::Assign(_, value) => value,
        _ => panic!("statement {index} has no value"),
    }
}

fn slot(expr: &Expr) -> Slot {
    match &expr.kind {
        ExprKind::Name(variable) => variable.slot,
        _ => panic!("not a name"),
    }
}

/// The names that each statement of a block says are overwritten before they are read.
fn overwrites(block: &Block, names: &[String]) -> Vec<String> {
    let name = |slot: &Slot| match slot {
        Slot::Local(i) | Slot::Global(i) => names[*i as usize].clone(),
        Slot::Unresolved => panic!("a slot"),
    };
    let statements = block.statements.iter();
    statements.map(|statement| statement.overwrites.iter().map(name).collect::<Vec<_>>().join(" ")).collect()
}

fn locals(lambda: &Lambda) -> String {
    lambda.locals.join(" ")
}

#[test]
fn top_level_names_persist_from_line_to_line() {
    let mut session = Session::default();
    resolved(&mut session, "x = 1; y = x");
    let block = resolved(&mut session, "y; if x { z = y }");
    assert_eq!(session.globals, ["x", "y", "z"]);
    assert_eq!(slot(value(&block, 0)), Slot::Global(1));
}

#[test]
fn parameters_come_first_and_whatever_is_assigned_is_local() {
    let text = "fn f(a, ...b) {
        for i, (j, k) in a { break }
        record < c += 1 >
        x[i] = 1
        p.w = 2
        try { d = 1 } catch err { }
        import nn
        if a { e, g[0] = 1, 2 }
        fn h(q) { r = q }
        while (s -> { t = s; t })(1) { }
        free
    }";
    let block = resolved(&mut Session::default(), text);
    assert_eq!(locals(&lambda(&block, 0)), "a b i j k c x p d err nn e g h");
}

#[test]
fn other_names_are_global() {
    let mut session = Session::default();
    let block = resolved(&mut session, "fn f(a) { free + a }");
    let lambda = lambda(&block, 0);
    let ExprKind::Chain(first, steps) = &value(&lambda.body, 0).kind else { panic!("a sum") };
    assert_eq!(slot(first), Slot::Global(1));
    assert_eq!(slot(&steps[0].operand), Slot::Local(0));
    assert_eq!(session.globals, ["f", "free"]);
}

#[test]
fn a_name_is_local_before_it_is_assigned() {
    let block = resolved(&mut Session::default(), "y = 1\nfn f() { y; y = 2 }");
    assert_eq!(slot(value(&lambda(&block, 1).body, 0)), Slot::Local(0));
}

#[test]
fn captures_pass_through_the_functions_between() {
    let block = resolved(&mut Session::default(), "fn f(a, b) { x -> y -> z -> b + z }");
    let outer = lambda(&block, 0);
    let first = lambda(&outer.body, 0);
    let second = lambda(&first.body, 0);
    let third = lambda(&second.body, 0);
    assert_eq!((outer.captures.clone(), locals(&outer)), (vec![], "a b".to_string()));
    assert_eq!((first.captures.clone(), locals(&first)), (vec![(1, 1)], "x b".to_string()));
    assert_eq!((second.captures.clone(), locals(&second)), (vec![(1, 1)], "y b".to_string()));
    assert_eq!((third.captures.clone(), locals(&third)), (vec![(1, 1)], "z b".to_string()));
}

#[test]
fn a_name_is_captured_once() {
    let block = resolved(&mut Session::default(), "fn f(a) { x -> a + a * a }");
    assert_eq!(lambda(&lambda(&block, 0).body, 0).captures, [(0, 1)]);
}

#[test]
fn what_is_assigned_later_in_the_enclosing_function_is_captured() {
    let block = resolved(&mut Session::default(), "fn f() { g = x -> late; late = 1 }");
    assert_eq!(lambda(&lambda(&block, 0).body, 0).captures, [(1, 1)]);
}

#[test]
fn an_inner_function_sees_itself() {
    let block = resolved(&mut Session::default(), "fn f() { fn g(n) = g(n - 1); g }");
    let inner = lambda(&lambda(&block, 0).body, 0);
    assert_eq!((inner.own_slot, inner.captures.len()), (Some(1), 0));
    // And a function inside that one takes it from there.
    let block = resolved(&mut Session::default(), "fn f() { fn g(n) = x -> g(x); g }");
    let inner = lambda(&lambda(&block, 0).body, 0);
    assert_eq!((inner.own_slot, inner.captures.len()), (Some(1), 0));
    assert_eq!(lambda(&inner.body, 0).captures, [(1, 1)]);
}

#[test]
fn a_parameter_hides_the_functions_own_name() {
    let block = resolved(&mut Session::default(), "fn f() { fn g(g) = g; g }");
    assert_eq!(lambda(&lambda(&block, 0).body, 0).own_slot, None);
}

#[test]
fn a_top_level_function_finds_itself_by_name() {
    let block = resolved(&mut Session::default(), "fn f(n) = f(n - 1)");
    let lambda = lambda(&block, 0);
    assert_eq!((lambda.own_slot, lambda.captures.len()), (None, 0));
}

#[test]
fn defaults_see_the_parameters_and_the_enclosing_function() {
    let block = resolved(&mut Session::default(), "fn f(a) { fn g(x, y = x + a) = y; g }");
    let inner = lambda(&lambda(&block, 0).body, 0);
    assert_eq!((inner.captures.clone(), locals(&inner)), (vec![(0, 2)], "x y a".to_string()));
}

#[test]
fn members_know_the_local_and_the_global_of_their_name() {
    let mut session = Session::default();
    let block = resolved(&mut session, "fn f(norm, x) { x.norm(); x.T; y -> y.norm }");
    let outer = lambda(&block, 0);
    let ExprKind::MethodCall(call) = &value(&outer.body, 0).kind else { panic!("a call") };
    assert_eq!((call.member.local, call.member.global), (Slot::Local(0), Slot::Global(1)));
    let ExprKind::Member(_, member, _) = &value(&outer.body, 1).kind else { panic!("a member") };
    assert_eq!((member.local, member.global), (Slot::Unresolved, Slot::Global(2)));
    assert_eq!(lambda(&outer.body, 2).captures, [(0, 1)]);
}

#[test]
fn places_name_the_operation() {
    let mut session = Session::default();
    let text = "a + b - c; x[0] += f(-y) < z.w ** 2 < 3; g'(1).h()";
    resolved(&mut session, text);
    let mut places: Vec<&str> =
        session.places.iter().map(|span| &text[span.start as usize..span.end as usize]).collect();
    places.sort();
    let expected = [
        "-y",
        "a + b",
        "a + b - c",
        "f(-y)",
        "f(-y) < z.w ** 2",
        "g'",
        "g'(1)",
        "g'(1).h()",
        "x[0]",
        "x[0] += f(-y) < z.w ** 2 < 3",
        "z.w",
        "z.w ** 2",
        "z.w ** 2 < 3",
    ];
    assert_eq!(places, expected);
}

#[test]
fn what_belongs_in_a_loop_or_a_function_is_refused_outside() {
    let complaints = |text: &str| {
        let mut block = parse(text, 0).unwrap().block;
        let errors = resolve(&mut block, &mut Session::default()).err().unwrap_or_default();
        errors.iter().map(|error| (error.problem.title.clone(), error.span().start)).collect::<Vec<_>>()
    };
    assert_eq!(complaints("break"), [("this `break` is in no loop".to_string(), 0)]);
    assert_eq!(complaints("if a { continue }"), [("this `continue` is in no loop".to_string(), 7)]);
    assert_eq!(complaints("x; return 1"), [("this `return` is in no function".to_string(), 3)]);
    assert_eq!(complaints("for i in x { f = y -> { break } }").len(), 1);
    assert_eq!(complaints("while a { if b { record < break > } }").len(), 0);
    assert_eq!(complaints("fn f() { record < return > }").len(), 0);
    assert_eq!(complaints("break; break; break; break").len(), 3);
}

#[test]
fn what_is_overwritten_before_it_is_read_is_known_from_the_first_statement_on() {
    let in_loop = |body: &str| {
        let mut session = Session::default();
        let block = resolved(&mut session, &format!("for i in n {{ {body} }}"));
        let StatementKind::For(_, _, body) = &block.statements[0].kind else { panic!("a loop") };
        overwrites(body, &session.globals)
    };
    assert_eq!(in_loop("y = f(x); l = g(y); h(l)"), ["y l", "", ""]);
    assert_eq!(in_loop("h(y); y = f(x); l = g(y)"), ["l", "y", ""]);
    assert_eq!(in_loop("y = f(y); l = y -> l"), ["", ""]);
    assert_eq!(in_loop("y = x.y; y += 1; y[0] = 2"), ["", "", ""]);
    assert_eq!(in_loop("(a, (b, c)) = f(c); (a, d[0]) = f(b)"), ["a b", "a"]);
    assert_eq!(in_loop("(d[a], a) = f(b); (a, a) = f(b)"), ["", "a"]);
    assert_eq!(in_loop("y = \"{y}\"; y = if x { y = 1 }"), ["", ""]);
    assert_eq!(in_loop("fn y() { l }; y = 1; l = 2"), ["", "y l", ""]);
    // What may not be reached, or may be outlived.
    assert_eq!(in_loop("if x { break }; y = 1"), ["", "y"]);
    assert_eq!(in_loop("y = if x { continue } else { 1 }"), [""]);
    assert_eq!(in_loop("while x { break }; y = 1"), ["y", ""]);
    assert_eq!(in_loop("if x { y = 1 }"), [""]);
    assert_eq!(in_loop("try { y = 1 } catch e { }; z = 1"), ["z", ""]);
}

#[test]
fn what_a_function_has_not_assigned_yet_is_not_overwritten() {
    let block = resolved(&mut Session::default(), "fn f(a) { b = 1; b = 2; a = 3; if a { a = 4 } }");
    let lambda = lambda(&block, 0);
    assert_eq!(
        overwrites(&lambda.body, &lambda.locals.iter().map(|name| name.to_string()).collect::<Vec<_>>()),
        ["", "b", "", ""]
    );
}

#[test]
fn the_last_to_read_what_is_overwritten_takes_it() {
    let takes = |text: &str| {
        let block = resolved(&mut Session::default(), &format!("fn f(a, g) {{ v = g; for i in a {{ {text} }}; v }}"));
        format!("{:?}", lambda(&block, 0).body).contains("last: true")
    };
    for text in ["v = 0.9 * v", "v = g(a, 2 * -v ** 2) - 1", "v = v", "a = a + v"] {
        assert!(takes(text), "{text}");
    }
    for text in [
        "v = v * v",
        "v = a + 1",
        "v = (x -> v)(1)",
        "v = if a { v } else { 1 }",
        "v = [v, 1][0]",
        "v = v + if a { break } else { 1 }",
        "try { v = v + 1 } catch e { }",
        "v[0] = v",
        "v += v",
    ] {
        assert!(!takes(text), "{text}");
    }
    let block = resolved(&mut Session::default(), "v = 1; v = 2 * v");
    assert!(!format!("{block:?}").contains("last: true"), "a top-level name can be seen after an error");
}
