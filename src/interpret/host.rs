//! What our functions can ask of the interpreter.

use super::Session;
use super::bind::Given;
use super::stop::Stop;
use crate::array::limits;
use crate::autodiff::{Context, Var};
use crate::diagnostic::{Fail, Kind, Level, Outcome, Part, Problem};
use crate::show::{Screen, Style};
use crate::value::{Closure, Function, Host, Passes, Value};
use rand::{Rng, SeedableRng};
use std::any::Any;
use std::io::{BufRead, Write};

impl Host for Session {
    fn cx(&self) -> &Context {
        &self.cx
    }

    fn context(&self) -> std::rc::Rc<Context> {
        self.cx.clone()
    }

    fn call_tuple(&mut self, function: &Value, args: crate::value::Tuple) -> Outcome<Value> {
        let span = self.call_span;
        let mut given = Given::default();
        for (i, item) in args.items.iter().enumerate() {
            match args.name(i) {
                Some(name) => given.named.push((name.clone(), item.clone())),
                None => given.positional.push(item.clone()),
            }
        }
        let place = self.cx.place();
        self.call_value(function, given, place, &[], span, span).map_err(|stop| self.hold(stop))
    }

    fn call(&mut self, function: &Value, args: Vec<Value>) -> Outcome<Value> {
        let span = self.call_span;
        let given: Given = args.into();
        let place = self.cx.place();
        self.call_value(function, given, place, &[], span, span).map_err(|stop| self.hold(stop))
    }

    fn print(&mut self, text: &str) -> Outcome<()> {
        self.alone()?;
        self.output
            .write_all(text.as_bytes())
            .map_err(|error| Problem::new(format!("the output cannot be written: {error}")).kind(Kind::Limit))
    }

    fn warn(&mut self, problem: Fail) -> Outcome<()> {
        if self.cx.within() {
            limits::look();
            return Ok(());
        }
        let span = self.call_span;
        let parts = super::stop::Parts { whole: span, operator: span, ..Default::default() };
        let mut diagnostic = crate::diagnostic::Diagnostic::error(parts.place(problem, &self.sources));
        diagnostic.level = Level::Warning;
        self.warn_at(*diagnostic).map_err(|stop| self.hold(stop))
    }

    fn random(&mut self) -> u64 {
        if self.cx.within() {
            // Each row draws numbers of its own. Until this run is given up, samplers want some that differ.
            limits::look();
            return self.unused.next_u64();
        }
        self.random.next_u64()
    }

    fn seed(&mut self, seed: u64) {
        if self.cx.within() {
            limits::look();
        }
        self.random = rand::rngs::Xoshiro256PlusPlus::seed_from_u64(seed);
    }

    fn style(&mut self) -> &mut Style {
        &mut self.style
    }

    fn singles(&mut self) -> &mut bool {
        &mut self.singles
    }

    fn help(&mut self, name: &str) -> Option<String> {
        if let Some(asked) = name.strip_prefix("error ") {
            return crate::diagnostic::catalogue::explained(asked);
        }
        self.describe(name).or_else(|| {
            let value = self.prelude(name)?;
            // Under a name that the program uses for something else there is still help.
            match &value {
                Value::Function(function) => match &**function {
                    Function::Closure(Closure { lambda, .. }) => {
                        let doc = lambda.doc.as_deref().map(|doc| format!("\n\n{doc}")).unwrap_or_default();
                        Some(crate::value::signature_of(lambda) + &doc)
                    }
                    Function::Partial(_) => None,
                },
                _ => None,
            }
        })
    }

    fn passes(&mut self) -> &mut Passes {
        &mut self.passes
    }

    fn input(&mut self, prompt: &str) -> Outcome<Option<String>> {
        self.print(prompt)?;
        let unreadable = |error: std::io::Error| Problem::new(format!("the input cannot be read: {error}"));
        self.output.flush().map_err(unreadable)?;
        while self.listener.as_mut().is_some_and(|listener| !listener.line_waits()) {
            limits::check()?;
        }
        let mut line = String::new();
        let count = std::io::stdin().lock().read_line(&mut line).map_err(unreadable)?;
        Ok((count > 0).then(|| line.trim_end_matches(['\n', '\r']).to_string()))
    }

    fn call_rule(&mut self, function: &dyn Any, dy: &Var, y: &Var, args: &[Var]) -> Outcome<Vec<Option<Var>>> {
        let Some(function) = function.downcast_ref::<Value>() else {
            return Err(Problem::new("internal error: a rule is not a function"));
        };
        let mut values = vec![Value::Var(dy.clone()), Value::Var(y.clone())];
        values.extend(args.iter().cloned().map(Value::Var));
        let result = Host::call(self, function, values)?;
        let one = |value: &Value| -> Outcome<Option<Var>> {
            match value {
                Value::None => Ok(None),
                other => match crate::value::as_var(other)? {
                    Some(var) => Ok(Some(var)),
                    None => Err(Problem::new(format!("the rule must give a gradient, found {}", other.kind()))
                        .help("one for each argument, as an array of its shape, or none for zeros")),
                },
            }
        };
        let given = match &result {
            Value::Tuple(tuple) => tuple.items.iter().map(one).collect::<Outcome<Vec<_>>>()?,
            other => vec![one(other)?],
        };
        if given.len() != args.len() {
            return Err(Problem::new(format!("the rule must give {} gradients, found {}", args.len(), given.len()))
                .note("a rule gives one gradient for each argument of the function, as a tuple"));
        }
        for (gradient, arg) in given.iter().zip(args) {
            if let Some(gradient) = gradient
                && gradient.shape() != arg.shape()
                && !crate::array::broadcast::broadcast(gradient.shape(), arg.shape())
                    .is_ok_and(|shape| shape.as_slice() == arg.shape() || shape.as_slice() == gradient.shape())
            {
                let [given, wanted] = [gradient, arg].map(|var| crate::array::shape_text(var.shape()));
                return Err(Problem::new("the rule gives a gradient of another shape than its argument")
                    .label(Part::Whole, format!("the rule gives {given}, the argument is {wanted}")));
            }
        }
        Ok(given)
    }

    fn progress(&mut self, done: f64, total: f64, values: &[(String, f64)]) {
        let Some(listener) = &mut self.listener else { return };
        if let Some(line) = self.progress.update(done, total, values, listener.follows(), &self.style) {
            listener.progressed(&line);
        }
    }

    fn recorded_names(&self) -> Vec<(String, std::rc::Rc<crate::autodiff::Node>)> {
        fn walk(
            path: String,
            value: &Value,
            depth: usize,
            found: &mut Vec<(String, std::rc::Rc<crate::autodiff::Node>)>,
        ) {
            match value {
                Value::Var(var) => found.extend(var.node().map(|node| (path, node.clone()))),
                Value::Tuple(tuple) if depth < 20 => {
                    for (i, item) in tuple.items.iter().enumerate() {
                        let path = match tuple.name(i) {
                            Some(name) => format!("{path}.{name}"),
                            None => format!("{path}[{i}]"),
                        };
                        walk(path, item, depth + 1, found);
                    }
                }
                _ => {}
            }
        }
        let mut found = Vec::new();
        for (name, value) in self.named().into_iter().filter(|(name, _)| &**name != "ans") {
            walk(name.to_string(), &value, 0, &mut found);
        }
        found
    }

    fn lines(&self) -> usize {
        Session::lines(self)
    }

    fn screen(&self) -> Screen {
        self.screen
    }

    fn argument_texts(&self, function: &str) -> Vec<String> {
        super::explain::passed::texts(self.sources.text(self.call_span), function)
    }

    fn explain_gradient(&mut self, asked: &Var) -> Fail {
        self.no_gradient(asked)
    }

    fn explain_zeros(&mut self, asked: &Var) -> Outcome<()> {
        self.warn_of_zeros(asked).map_err(|stop| self.hold(stop))
    }

    fn explain_flat(&mut self, y: &Value) -> Outcome<bool> {
        self.warn_of_flat(y).map_err(|stop| self.hold(stop))
    }

    fn explain_nan(&mut self, variable: &std::rc::Rc<crate::autodiff::Node>, count: usize) -> Outcome<()> {
        self.warn_of_nan(variable, count).map_err(|stop| self.hold(stop))
    }

    fn tell_zeros(&mut self, asked: &Var) -> Option<String> {
        let problem = self.zeros(asked, true)?;
        let mut text = problem.title.clone();
        for (span, label) in problem.labels.iter().filter(|(_, label)| label != "run from here") {
            text += &format!("\n{}: {label}", self.line(*span, self.call_span));
        }
        for help in &problem.helps {
            text += &format!("\n{}", help.text);
        }
        Some(text)
    }

    fn tell_place(&self, place: crate::source::Place) -> String {
        let span = self.sources.span(place);
        let Some(source) = self.sources.at(span.start).filter(|source| !source.library) else { return String::new() };
        let text = self.sources.text(span);
        let code = if text.chars().count() <= 40 && !text.contains('\n') { text } else { "" };
        let line = self.sources.line_column(span.start).map_or(0, |(line, _)| line);
        format!("{code}\t{}:{line}", source.name)
    }

    fn explain_unrecorded(&mut self, asked: &Value) -> Fail {
        self.no_way_back(asked)
    }
}

impl Session {
    /// What others can see happens once for each row, and not in a run for all of them.
    fn alone(&self) -> Outcome<()> {
        if self.cx.within() {
            limits::look();
        }
        limits::check()
    }

    /// Keeps a stop that passes through one of our functions, which only sees that there was one.
    pub(super) fn hold(&mut self, stop: Box<Stop>) -> Fail {
        self.pending = Some(stop);
        Problem::new("").kind(Kind::Placed)
    }
}
