//! Completions for shells, from the table of what can be written after `adlib`.

use super::usage::{FLAGS, TOOLS};
use std::fmt::Write;

/// The completions for a shell, to be read by it; `None` for one that is not known.
pub fn completions(shell: &str) -> Option<String> {
    Some(match shell {
        "bash" => bash(),
        "zsh" => zsh(),
        "fish" => fish(),
        "powershell" => powershell(),
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
    let names: Vec<&str> = TOOLS.iter().map(|tool| tool.name).collect();
    let mut out = String::from("complete -c adlib -f -a '(__fish_complete_suffix .ad)'\n");
    for tool in TOOLS {
        // Writing to a string cannot fail, here and below.
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
        // Those that tools heed as well.
        let when = if matches!(flag.long, "color" | "json") {
            String::new()
        } else {
            format!(" -n 'not __fish_seen_subcommand_from {}'", names.join(" "))
        };
        let short = flag.short.map_or(String::new(), |short| format!(" -s {short}"));
        let value = match (flag.value, flag.choices) {
            (None, _) => String::new(),
            (Some(_), []) => " -r".to_string(),
            (Some(_), choices) => format!(" -x -a '{}'", choices.join(" ")),
        };
        let _ = writeln!(out, "complete -c adlib{when}{short} -l {}{value} -d '{}'", flag.long, quoted(flag.about));
    }
    out
}

/// One function that PowerShell asks, since it has one for every program that is not its own.
fn powershell() -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let list = |words: &[&str]| words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", ");
    let mut out = String::from(
        "Register-ArgumentCompleter -Native -CommandName adlib -ScriptBlock {\n    param($wordToComplete, $commandAst, $cursorPosition)\n    $words = @($commandAst.CommandElements | ForEach-Object { $_.ToString() })\n    if ($wordToComplete -ne '') { $before = @($words[0..($words.Count - 2)]) } else { $before = $words }\n    $last = $before[-1]\n    $tool = if ($before.Count -gt 1) { $before[1] } else { '' }\n    $found = switch -CaseSensitive ($last) {\n",
    );
    for flag in FLAGS.iter().filter(|flag| !flag.choices.is_empty()) {
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(out, "        '--{}' {{ {} }}", flag.long, list(flag.choices));
    }
    for tool in TOOLS.iter().filter(|tool| !tool.choices.is_empty()) {
        let _ = writeln!(out, "        '{}' {{ {} }}", tool.name, list(tool.choices));
    }
    out += "    }\n    if (-not $found) {\n        if ($wordToComplete.StartsWith('-')) {\n            $found = switch -CaseSensitive ($tool) {\n";
    for tool in TOOLS.iter().filter(|tool| !tool.flags.is_empty()) {
        let _ = writeln!(out, "                '{}' {{ {}, '--color', '--json' }}", tool.name, list(tool.flags));
    }
    let flags = flags();
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let tools: Vec<&str> = TOOLS.iter().map(|tool| tool.name).collect();
    let _ = writeln!(
        out,
        "                default {{ {} }}\n            }}\n        }} elseif ($before.Count -eq 1) {{\n            $found = {}\n        }}\n    }}",
        list(&flags),
        list(&tools)
    );
    out + "    # Files follow by themselves where nothing is found.\n    $found | Where-Object { $_ -and $_.StartsWith($wordToComplete) } | ForEach-Object {\n        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)\n    }\n}\n"
}
