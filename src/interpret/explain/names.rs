//! Names that lead to nothing, and what was probably meant.
//!
//! ```text
//! y = sqtr(x)
//! y = p.weigth
//! fn f() { print(total); total = 1 }
//! ```

use super::tree;
use crate::builtin::{self, library};
use crate::diagnostic::suggest::{did_you_mean, foreign};
use crate::diagnostic::{Diagnostic, Edit, Problem};
use crate::interpret::Session;
use crate::interpret::scope::CONSTANTS;
use crate::interpret::stop::Stop;
use crate::source::Span;
use crate::syntax::ast::{Expr, Member, Slot, Variable};
use crate::value::{Function, Tuple, Value};

impl Session {
    /// The error for a name that has no value.
    #[cold]
    pub(in crate::interpret) fn unknown(&mut self, variable: &Variable) -> Box<Stop> {
        let name = &*variable.name;
        if let Slot::Local(_) = variable.slot {
            let function = self.lambda.as_ref().and_then(|lambda| lambda.name.clone());
            let inside = function.map_or("this function".to_string(), |name| name.to_string());
            let mut problem = Problem::new(format!("`{name}` has no value yet")).label(variable.span, "read here");
            let assigned = self.lambda.as_ref().and_then(|lambda| {
                let parts = tree::parts(&lambda.body);
                parts.iter().find_map(|part| match part {
                    tree::Part::Target(target) if target.name == variable.name => Some(target.span),
                    _ => None,
                })
            });
            match assigned {
                Some(assigned) if assigned != variable.span => {
                    problem = problem.label(assigned, format!("assigned here, so it is local in {inside}"));
                }
                Some(_) => problem.labels[0].1 = format!("assigned in {inside}, so it is local there"),
                // A name of the function around it, as it was when this one was made.
                None => {
                    problem.labels[0].1 = format!("it had none when {inside} was made");
                    let problem = problem.help(format!("define {name} before {inside}, or pass it in as an argument"));
                    return Box::new(Stop::Error(Diagnostic::error(problem)));
                }
            }
            let problem =
                problem.help(format!("pass it in as an argument, and return it: fn {inside}({name}) {{ …; {name} }}"));
            return Box::new(Stop::Error(Diagnostic::error(problem)));
        }
        let problem = Problem::new(format!("nothing is called `{name}`")).label(variable.span, "");
        Box::new(Stop::Error(Diagnostic::error(self.suggestion(problem, name, variable.span))))
    }

    fn suggestion(&self, problem: Box<Problem<Span>>, name: &str, span: Span) -> Box<Problem<Span>> {
        if library::MODULES.iter().any(|(module, _)| *module == name) {
            return problem.help(format!("it is a module of the library: import {name}"));
        }
        // Elsewhere a prompt calls the last value so.
        let last = (name == "_" && self.inputs > 0).then_some("ans");
        if let Some(phrase) = foreign(name).or(last) {
            let text = format!("here it is written `{phrase}`");
            let plain = phrase.chars().all(|char| char.is_alphanumeric() || char == '_');
            let edits = self.checked(vec![Edit::Replace(span, phrase.to_string())]).filter(|_| plain);
            return match edits {
                Some(edits) => problem.patch(text, edits),
                None => problem.help(text),
            };
        }
        let locals: Vec<std::rc::Rc<str>> =
            self.lambda.as_ref().map(|lambda| lambda.locals.clone()).unwrap_or_default();
        let globals: Vec<std::rc::Rc<str>> = self
            .scopes
            .get(self.scope)
            .map(|scope| scope.assigned().map(|(name, _)| name.clone()).collect())
            .unwrap_or_default();
        let known = locals
            .iter()
            .chain(&globals)
            .map(|name| &**name)
            .chain(builtin::all().map(|builtin| builtin.name).filter(|name| name.starts_with(char::is_alphabetic)))
            .chain(CONSTANTS.iter().copied());
        match did_you_mean(name, known) {
            Some(right) => {
                problem.patch(format!("did you mean `{right}`?"), vec![Edit::Replace(span, right.to_string())])
            }
            None => match module_of(name) {
                Some((module, right)) => {
                    problem.help(format!("the library has it: import {module}, then {module}.{right}"))
                }
                None => problem,
            },
        }
    }

    /// The error for a member that is neither an entry nor a function.
    #[cold]
    pub(in crate::interpret) fn no_member(&mut self, value: &Value, member: &Member) -> Box<Stop> {
        let name = &*member.name;
        let entries: Vec<String> = match value {
            Value::Tuple(tuple) => tuple.names.iter().flatten().map(|name| name.to_string()).collect(),
            Value::Module(module) => self
                .scopes
                .get(module.scope)
                .map(|scope| scope.assigned().map(|(name, _)| name.to_string()).collect())
                .unwrap_or_default(),
            _ => Vec::new(),
        };
        let title = match value {
            Value::Tuple(_) => format!("this tuple has no entry called `{name}`"),
            Value::Module(module) => format!("module {} has nothing called `{name}`", module.name),
            _ => format!("nothing is called `{name}`"),
        };
        let problem = Problem::new(title).label(member.span, "");
        let problem = match did_you_mean(name, entries.iter().map(String::as_str)) {
            Some(right) => {
                problem.patch(format!("did you mean `{right}`?"), vec![Edit::Replace(member.span, right.to_string())])
            }
            None => self.suggestion(problem, name, member.span),
        };
        Box::new(Stop::Error(Diagnostic::error(problem)))
    }

    /// What `help` prints about a name.
    pub fn describe(&self, name: &str) -> Option<String> {
        match self.at(name) {
            Some(Value::Module(module)) if self.scopes.get(module.scope).is_some_and(|scope| scope.library) => {
                library::about(&module.name)
            }
            Some(Value::Module(_)) => {
                let members = self.members(name);
                let names = members.iter().filter(|member| !member.starts_with('_'));
                Some(names.fold(format!("module {name}\n"), |text, member| text + "\n" + name + "." + member))
            }
            Some(Value::Function(function)) => match &*function {
                Function::Closure(closure) => {
                    let signature = crate::value::signature_of(&closure.lambda);
                    Some(match &closure.lambda.doc {
                        Some(doc) => format!("{signature}\n\n{doc}"),
                        None => signature,
                    })
                }
                Function::Partial(_) => None,
            },
            Some(Value::Builtin(builtin)) => Some(format!("{}\n\n{}", builtin.signature(), builtin.doc)),
            _ => builtin::find(name)
                .map(|builtin| format!("{}\n\n{}", builtin.signature(), builtin.doc))
                .or_else(|| library::about(name)),
        }
    }

    /// The error for an entry to be assigned that a tuple does not have.
    #[cold]
    pub(in crate::interpret) fn no_entry(&mut self, tuple: &Tuple, name: &str, place: Span, whole: Span) -> Box<Stop> {
        let known = tuple.names.iter().flatten().map(|name| &**name);
        let problem = Problem::new(format!("this tuple has no entry called `{name}`")).label(place, "");
        let near = did_you_mean(name, known).map(str::to_string);
        let owner = self.sources.text(Span::new(whole.start, place.start)).trim_end().trim_end_matches('.').to_string();
        let problem = match near {
            Some(right) => problem.patch(format!("did you mean `{right}`?"), vec![Edit::Replace(place, right)]),
            None => problem.help(format!("to add one, write {owner} = (...{owner}, {name} = …)")),
        };
        Box::new(Stop::Error(Diagnostic::error(problem)))
    }

    /// The error for a function that changes variables and was given something else.
    #[cold]
    pub(in crate::interpret) fn no_variable(&mut self, expression: &Expr, name: &str) -> Box<Stop> {
        let problem = Problem::new(format!("{name} needs a variable"))
            .help(format!("name the value first: v = …, then {name}(v)"));
        self.stop(problem, expression.span)
    }
}

/// The module of the library that defines a function of this name, and how it is spelt there: `Adam` is
/// `optim.adam`.
fn module_of(name: &str) -> Option<(&'static str, String)> {
    let right = name.to_lowercase();
    let begins = [format!("fn {right}("), format!("{right}(")];
    let defines = |text: &str| text.lines().any(|line| begins.iter().any(|begin| line.starts_with(begin)));
    let (module, _) = library::MODULES.iter().find(|(_, text)| defines(text))?;
    Some((module, right))
}
