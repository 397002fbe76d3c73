//! The command line.

use adlib::diagnostic::draw::{Look, draw};
use adlib::interpret::{Echo, Session};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let mut args = std::env::args().skip(1);
    let mut session = Session::default();
    let first = args.next().unwrap_or_default();
    let (name, text, echo) = if first == "-e" {
        ("-e".to_string(), args.next().unwrap_or_default(), Echo::Last)
    } else {
        let text = std::fs::read_to_string(&first).unwrap_or_default();
        (first, text, Echo::Nothing)
    };
    let result = session.run(&name, &text, echo);
    for warning in session.take_warnings() {
        eprintln!("{}", draw(&warning, &session.sources, Look::default()));
    }
    match result {
        Ok(shown) => shown.iter().for_each(|text| println!("{text}")),
        Err(errors) => {
            for error in errors {
                eprintln!("{}", draw(&error, &session.sources, Look::default()));
            }
            std::process::exit(1);
        }
    }
}
