//! The last net: a panic is our bug, never the user's, and must not cost them their session.
//!
//! Tests and fuzzing want the panic itself: `ADLIB_NET=off` takes the net away.

use crate::array::limits::NO_MEMORY;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Mutex, PoisonError};

/// What there is to say of the newest panic.
static NEWEST: Mutex<Option<String>> = Mutex::new(None);

/// Makes panics silent: whoever catches one says what there is to say.
pub fn install() {
    if wanted() {
        panic::set_hook(Box::new(|info| {
            *NEWEST.lock().unwrap_or_else(PoisonError::into_inner) = Some(text(info));
        }));
    }
}

/// Runs something and gives the sentence to show if it panics.
pub fn caught<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    if !wanted() {
        return Ok(run());
    }
    panic::catch_unwind(AssertUnwindSafe(run))
        .map_err(|_| NEWEST.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default())
}

fn wanted() -> bool {
    std::env::var_os("ADLIB_NET").is_none_or(|value| value != "off")
}

fn text(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let written = payload.downcast_ref::<&str>().copied();
    let said = written.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no reason given");
    if said == NO_MEMORY {
        return format!("error: {said}");
    }
    let place = info.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
    format!("internal error: {said}{place}; please report it, with the input that led to it")
}

#[cfg(test)]
mod tests {
    use super::{caught, install};

    #[test]
    fn a_panic_becomes_a_sentence() {
        let hook = std::panic::take_hook();
        install();
        let sentence = caught(|| -> u32 { panic!("seven is not eight") });
        std::panic::set_hook(hook);
        assert!(sentence.is_err_and(|text| text.starts_with("internal error: seven is not eight (src/repl/net.rs:")));
        assert_eq!(caught(|| 7), Ok(7));
    }
}
