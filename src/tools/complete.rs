//! Completions for shells, from the table of what can be written after `adlib`.

use super::usage::{FLAGS, TOOLS};
use std::fmt::Write;

/// The completions for a shell, to be read by it; `None` for one that is not known.
pub fn completions(shell: &str) -> Option<String> {
    Some(match shell {
        "bash" => bash(),
        "zsh" => zsh(),
        "fish" => fish(),
        _ => return None,
    })
}

fn flags() -> Vec<String> {
    let long = FLAGS.iter().map(|flag| format!("--{}", flag.long));
    let short = FLAGS.iter().filter_map(|flag| flag.short.map(|short| format!("-{short}")));
    long.chain(short).collect()
}

fn bash() -> String {
    let words: Vec<&str> = TOOLS.iter().map(|tool| tool.name).collect();
    let mut out = String::from(
        "_adlib() {\n    local word=\"${COMP_WORDS[COMP_CWORD]}\" last=\"${COMP_WORDS[COMP_CWORD-1]}\"\n    COMPREPLY=()\n    case \"$last\" in\n",
    );
    for flag in FLAGS.iter().filter(|flag| flag.value.is_some()) {
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(
            out,
            "        --{}) COMPREPLY=($(compgen -W \"{}\" -- \"$word\")); return ;;",
            flag.long,
            flag.choices.join(" ")
        );
    }
    for tool in TOOLS.iter().filter(|tool| !tool.choices.is_empty()) {
        let _ = writeln!(
            out,
            "        {}) COMPREPLY=($(compgen -W \"{}\" -- \"$word\")); return ;;",
            tool.name,
            tool.choices.join(" ")
        );
    }
    out += "    esac\n    case \"${COMP_WORDS[1]}\" in\n";
    for tool in TOOLS.iter().filter(|tool| !tool.flags.is_empty()) {
        let _ = writeln!(
            out,
            "        {}) [[ \"$word\" == -* ]] && COMPREPLY=($(compgen -W \"{} --color --json\" -- \"$word\")) && return ;;",
            tool.name,
            tool.flags.join(" ")
        );
    }
    out += "    esac\n";
    let _ = writeln!(
        out,
        "    if [[ \"$word\" == -* ]]; then\n        COMPREPLY=($(compgen -W \"{}\" -- \"$word\"))\n        return\n    fi",
        flags().join(" ")
    );
    let _ = writeln!(
        out,
        "    [[ $COMP_CWORD -eq 1 ]] && COMPREPLY=($(compgen -W \"{}\" -- \"$word\"))\n    COMPREPLY+=($(compgen -f -X '!*.ad' -- \"$word\") $(compgen -d -- \"$word\"))\n}}\ncomplete -o filenames -F _adlib adlib",
        words.join(" ")
    );
    out
}

fn zsh() -> String {
    let quoted = |text: &str| text.replace('\'', "'\\''").replace(':', "\\:").replace('[', "\\[").replace(']', "\\]");
    let mut out = String::from("#compdef adlib\n_adlib() {\n    local -a tools\n    tools=(\n");
    for tool in TOOLS {
        let _ = writeln!(out, "        '{}:{}'", tool.name, quoted(tool.about));
    }
    out += "    )\n    case \"${words[2]}\" in\n";
    for tool in TOOLS.iter().filter(|tool| !tool.choices.is_empty()) {
        let _ = writeln!(
            out,
            "        {}) (( CURRENT == 3 )) && compadd {} && return ;;",
            tool.name,
            tool.choices.join(" ")
        );
    }
    for tool in TOOLS.iter().filter(|tool| !tool.flags.is_empty()) {
        let _ = writeln!(
            out,
            "        {}) [[ $PREFIX == -* ]] && compadd -- {} && return ;;",
            tool.name,
            tool.flags.join(" ")
        );
    }
    out += "    esac\n    (( CURRENT == 2 )) && [[ $PREFIX != -* ]] && _describe tool tools\n    _arguments \\\n";
    for flag in FLAGS {
        let value = match (flag.value, flag.choices) {
            (None, _) => String::new(),
            (Some(value), []) => format!(":{value}:"),
            (Some(value), choices) => format!(":{value}:({})", choices.join(" ")),
        };
        let _ = writeln!(out, "        '--{}[{}]{value}' \\", flag.long, quoted(flag.about));
        if let Some(short) = flag.short {
            let _ = writeln!(out, "        '-{short}[{}]{value}' \\", quoted(flag.about));
        }
    }
    out + "        '*:file:_files -g \"*.ad\"'\n}\n_adlib \"$@\"\n"
}

fn fish() -> String {
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('\'', "\\'");
    let mut out = String::new();
    for tool in TOOLS {
        let _ =
            writeln!(out, "complete -c adlib -n __fish_use_subcommand -a {} -d '{}'", tool.name, quoted(tool.about));
        let within = format!("complete -c adlib -n '__fish_seen_subcommand_from {}'", tool.name);
        if !tool.choices.is_empty() {
            let _ = writeln!(out, "{within} -f -a '{}'", tool.choices.join(" "));
        }
        for flag in tool.flags {
            let _ = writeln!(out, "{within} -l {}", flag.trim_start_matches('-'));
        }
    }
    for flag in FLAGS {
        let short = flag.short.map_or(String::new(), |short| format!(" -s {short}"));
        let value = match (flag.value, flag.choices) {
            (None, _) => String::new(),
            (Some(_), []) => " -r".to_string(),
            (Some(_), choices) => format!(" -x -a '{}'", choices.join(" ")),
        };
        let _ = writeln!(out, "complete -c adlib{short} -l {}{value} -d '{}'", flag.long, quoted(flag.about));
    }
    out
}
