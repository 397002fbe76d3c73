//! Modules: a file that runs once, whose names become members.

use super::Session;
use super::scope::Scope;
use super::stop::{Eval, Stop};
use crate::builtin::library;
use crate::diagnostic::suggest::did_you_mean;
use crate::diagnostic::{Diagnostic, Edit, Kind, Part, Problem};
use crate::syntax::ast::Import;
use crate::value::{Module, Value};
use std::path::{Path, PathBuf};
use std::rc::Rc;

impl Session {
    /// `import nn`, `import "path/file.ad" as m`
    pub(super) fn import(&mut self, import: &Import) -> Eval<Value> {
        if !import.quoted {
            return self.import_library(import);
        }
        let folder = self.scopes.get(self.scope).map(|scope| scope.folder.clone()).unwrap_or_default();
        let path = folder.join(&*import.path);
        let path = match path.canonicalize() {
            Ok(path) => path,
            Err(error) => {
                let problem = Problem::new(format!("there is no file {}", import.path));
                let problem = match error.kind() {
                    std::io::ErrorKind::NotFound => problem.note(format!("looked for {}", path.display())),
                    _ => Problem::new(format!("{} cannot be read: {error}", import.path)),
                };
                return Err(self.stop(problem, import.path_span));
            }
        };
        match self.modules.get(&path) {
            Some(Some(module)) => return Ok(Value::Module(module.clone())),
            Some(None) => return Err(self.cycle(&path, import)),
            None => {}
        }
        let text = match std::fs::read(&path).map(String::from_utf8) {
            Ok(Ok(text)) => text,
            Ok(Err(_)) => {
                let problem = Problem::new(format!("{} is not UTF-8 text", import.path));
                return Err(self.stop(problem.help("save it as UTF-8"), import.path_span));
            }
            Err(_) if path.is_dir() => {
                let problem = Problem::new(format!("{} is a folder", import.path)).help("import a file in it");
                return Err(self.stop(problem, import.path_span));
            }
            Err(error) => {
                return Err(
                    self.stop(Problem::new(format!("{} cannot be read: {error}", import.path)), import.path_span)
                );
            }
        };
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let scope = Scope { folder: path.parent().map(Path::to_path_buf).unwrap_or_default(), ..Scope::default() };
        self.run_module(&import.path, path, &stem, &text, scope)
    }

    fn import_library(&mut self, import: &Import) -> Eval<Value> {
        let Some(text) = library::module(&import.path) else {
            let known = || library::MODULES.iter().map(|(name, _)| *name);
            let problem = Problem::new(format!("the library has no module called {}", import.path))
                .note(format!("it has {}", known().collect::<Vec<_>>().join(", ")));
            let file = format!("{}.ad", import.path);
            let whole = |text: String| vec![Edit::Replace(Part::Whole, text)];
            let own = self.scopes.get(self.scope).is_some_and(|scope| scope.folder.join(&file).is_file());
            let problem = match did_you_mean(&import.path, known()) {
                _ if own => problem.patch("a file of your own is imported by its path", whole(format!("\"{file}\""))),
                Some(near) => problem.patch(format!("did you mean {near}?"), whole(near.to_string())),
                None => problem.help("a file of your own is imported by its path: import \"path/file.ad\""),
            };
            return Err(self.stop(problem, import.path_span));
        };
        let path = PathBuf::from(format!("<{}>", import.path));
        if let Some(Some(module)) = self.modules.get(&path) {
            return Ok(Value::Module(module.clone()));
        }
        let scope = Scope { library: true, ..Scope::default() };
        self.run_module(&format!("{}.ad", import.path), path, &import.path, text, scope)
    }

    /// What a prelude defines under a name. It is read when a program first asks for one of its names;
    /// the running scope then keeps the value, as it does that of a function of ours.
    pub(super) fn prelude(&mut self, name: &str) -> Option<Value> {
        let (prelude, text) = library::defines(name)?;
        let path = PathBuf::from(format!("<{prelude}>"));
        let known = match self.modules.get(&path) {
            Some(module) => module.clone(),
            None => {
                let scope = Scope { library: true, ..Scope::default() };
                match self.run_module(&format!("{prelude}.ad"), path, prelude, text, scope) {
                    Ok(Value::Module(module)) => Some(module),
                    _ => None,
                }
            }
        };
        let value = self.entry(&Value::Module(known?), name)?;
        if let Some(scope) = self.scopes.get_mut(self.scope)
            && let Some(slot) = scope.find(name)
            && let Some(place @ Value::Unset) = scope.values.get_mut(slot as usize)
        {
            *place = value.clone();
        }
        Some(value)
    }

    /// Runs a module's text in a scope of its own.
    fn run_module(&mut self, shown: &str, path: PathBuf, stem: &str, text: &str, scope: Scope) -> Eval<Value> {
        let number = self.scopes.len();
        self.scopes.push(scope);
        self.modules.insert(path.clone(), None);
        self.importing.push(path.clone());
        let result = self.module_body(shown, text, number);
        self.importing.pop();
        match result {
            Ok(()) => {
                let module = Rc::new(Module { name: stem.to_string(), scope: number });
                self.modules.insert(path, Some(module.clone()));
                Ok(Value::Module(module))
            }
            Err(stop) => {
                // A module that did not run to its end may be imported again once it is mended.
                self.modules.remove(&path);
                Err(stop)
            }
        }
    }

    fn module_body(&mut self, shown: &str, text: &str, number: usize) -> Eval<()> {
        let block = self.load(shown, text, number).map_err(|errors| match errors.into_iter().next() {
            Some(error) => Box::new(Stop::Error(Diagnostic { unfinished: false, ..error }.into())),
            None => Box::new(Stop::Break),
        })?;
        let base = self.locals.len();
        let outer = (
            std::mem::replace(&mut self.scope, number),
            std::mem::replace(&mut self.base, base),
            std::mem::replace(&mut self.params, 0),
            self.lambda.take(),
            self.cx.set_recording(false),
        );
        let result = stacker::maybe_grow(super::session::RED_ZONE, super::session::FRESH_STACK, || self.block(&block));
        (self.scope, self.base, self.params, self.lambda) = (outer.0, outer.1, outer.2, outer.3);
        self.cx.set_recording(outer.4);
        result.map(drop)
    }

    /// A file that is still being imported is imported again.
    #[cold]
    fn cycle(&mut self, path: &Path, import: &Import) -> Box<Stop> {
        let name =
            |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let from = self.importing.iter().position(|known| known == path).unwrap_or(0);
        let mut chain: Vec<String> = self.importing.iter().skip(from).map(name).collect();
        chain.push(name(&path.to_path_buf()));
        let problem = Problem::new("these files import each other")
            .note(chain.join(" imports "))
            .help("move what both need into a third file")
            .kind(Kind::Mistake);
        self.stop(problem, import.path_span)
    }
}
