//! Where inputs are kept from one day to the next.

use rustyline::history::{FileHistory, History};
use std::ffi::OsString;
use std::path::PathBuf;

/// The file of the history. After one failure it is left alone.
pub struct Keeper {
    path: Option<PathBuf>,
}

impl Keeper {
    /// The file that the environment names, if it wants one.
    pub fn new() -> Keeper {
        Keeper { path: path(|name| std::env::var_os(name)) }
    }

    /// Reads what was typed on earlier days. Gives a warning if it is there but cannot be read.
    pub fn load(&mut self, history: &mut FileHistory) -> Option<String> {
        let path = self.path.as_ref().filter(|path| path.exists())?;
        let result = history.load(path);
        self.warning(result.err()?)
    }

    /// Writes what was typed since the last time. Gives a warning, once, if that is not possible.
    pub fn append(&mut self, history: &mut FileHistory) -> Option<String> {
        let path = self.path.as_ref()?;
        let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        let result = folder.map_err(Into::into).and_then(|()| history.append(path));
        self.warning(result.err()?)
    }

    fn warning(&mut self, error: rustyline::error::ReadlineError) -> Option<String> {
        let path = self.path.take()?;
        Some(format!("warning: what you type is not kept for next time: {}: {error}", path.display()))
    }
}

/// `ADLIB_HISTORY` names the file, or nothing if it is empty; otherwise it is among the user's state.
fn path(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    if let Some(path) = variable("ADLIB_HISTORY") {
        return Some(PathBuf::from(path)).filter(|path| !path.as_os_str().is_empty());
    }
    let state = set("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let state =
        state.or_else(|| Some(PathBuf::from(set("HOME").or_else(|| set("USERPROFILE"))?).join(".local/state")))?;
    Some(state.join("adlib").join("history"))
}

#[cfg(test)]
mod tests {
    use super::path;
    use std::path::Path;

    fn found(variables: &[(&str, &str)]) -> Option<std::path::PathBuf> {
        path(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn the_environment_says_where_the_history_is() {
        assert_eq!(found(&[("HOME", "/h")]).as_deref(), Some(Path::new("/h/.local/state/adlib/history")));
        assert_eq!(found(&[("HOME", "/h"), ("XDG_STATE_HOME", "/s")]).as_deref(), Some(Path::new("/s/adlib/history")));
        assert_eq!(found(&[("HOME", "/h"), ("ADLIB_HISTORY", "/x")]).as_deref(), Some(Path::new("/x")));
        assert_eq!(found(&[("HOME", "/h"), ("ADLIB_HISTORY", "")]), None);
        assert_eq!(found(&[]), None);
    }
}
