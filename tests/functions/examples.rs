//! Every example in the documentation shows what it says.

use super::running::Prompt;
use adlib::builtin::{functions, library, linear, look, losses, random, topics};

/// Runs the examples in a text: lines that start with `> `, each followed by what it shows.
fn check(name: &str, doc: &str, wrong: &mut Vec<String>) {
    let mut prompt = Prompt::default();
    let mut lines = doc.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(code) = line.strip_prefix("> ") else { continue };
        let mut code = code.to_string();
        // One that is unfinished is continued by the next.
        while let Err(errors) = adlib::syntax::parse(&code, 1)
            && errors.iter().any(|error| error.unfinished)
            && let Some(more) = lines.next_if(|line| line.starts_with("> "))
        {
            code = code + "\n" + more.trim_start_matches("> ");
        }
        let mut expected = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with("> ")) {
            expected.push(line);
        }
        let found = prompt.run(&code).unwrap_or_else(|error| error);
        if found != expected.join("\n") {
            wrong.push(format!("{name}: {code}\nexpected:\n{}\nfound:\n{found}\n", expected.join("\n")));
        }
    }
}

#[test]
fn examples_show_what_they_say() {
    let mut wrong = Vec::new();
    for builtin in [functions::ALL, linear::ALL, look::ALL, losses::ALL, random::ALL].into_iter().flatten() {
        assert!(builtin.doc.lines().next().unwrap().ends_with('.'), "{}", builtin.doc);
        // The example of help is help itself, whose output has examples in it.
        if builtin.name != "help" {
            check(builtin.name, builtin.doc, &mut wrong);
        }
    }
    for (names, text) in topics::TOPICS {
        check(names[0], text, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_prelude_is_documented() {
    let mut wrong = Vec::new();
    for name in library::names() {
        let text = Prompt::default().run(&format!("help(\"{name}\")")).unwrap();
        let (signature, doc) = text.split_once("\n\n").unwrap();
        assert!(signature.starts_with(&format!("{name}(")), "{text}");
        assert!(doc.lines().next().unwrap().ends_with('.'), "{text}");
        check(name, doc, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(library::names().all(|name| adlib::builtin::find(name).is_none()));
}

#[test]
fn the_modules_of_the_library_are_documented() {
    let mut wrong = Vec::new();
    for &(module, text) in library::MODULES {
        let about = Prompt::default().run(&format!("help(\"{module}\")")).unwrap();
        assert_eq!(Prompt::default().run(&format!("import {module}; help({module})")).unwrap(), about);
        assert!(about.lines().next().unwrap().ends_with('.'), "{about}");
        let (about, list) = about.split_at(about.find(&format!("\n{module}.")).unwrap());
        check(module, about, &mut wrong);
        for name in library::defined(text) {
            let text = Prompt::default().run(&format!("import {module}; help({module}.{name})")).unwrap();
            assert!(text.starts_with(&format!("{name}(")), "{text}");
            let (_, doc) = text.split_once("\n\n").unwrap_or_else(|| panic!("{module}.{name} has no help"));
            assert!(doc.lines().next().unwrap().ends_with('.'), "{text}");
            assert!(doc.contains("\n> "), "{module}.{name} has no example");
            check(&format!("{module}.{name}"), doc, &mut wrong);
            assert!(list.contains(&format!("\n{module}.{name}(")), "{name} is not in the list of {module}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn help_finds_functions_keywords_and_the_users_own() {
    let mut prompt = Prompt::default();
    assert!(prompt.run("help()").unwrap().contains("softmax"));
    assert!(prompt.run("help(softmax)").unwrap().starts_with("softmax(x, axis = -1)\n\n"));
    assert!(prompt.run("help(\"for\")").unwrap().starts_with("for x in xs"));
    assert!(prompt.run("help(dropout)").unwrap().starts_with("dropout(x, p = 0.5)\n\nSets"));
    assert_eq!(prompt.run("## Twice.\ntwice(x) = 2 * x\nhelp(twice)").unwrap(), "twice(x)\n\nTwice.");
    assert_eq!(prompt.run("help(\"twice\")").unwrap(), "twice(x)\n\nTwice.");
    assert!(prompt.run("dropout = 0.5; help(\"dropout\")").unwrap().starts_with("dropout(x"));
    assert!(prompt.run("help(\"sofmax\")").unwrap_err().contains("did you mean help(\"softmax\")?"));
    assert!(prompt.run("help(3)").unwrap_err().contains("help explains functions"));
}
