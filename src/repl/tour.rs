//! The tutorial at the prompt: a few sentences, then an input that is already typed. Enter runs it, and the
//! next one follows; whatever else is typed runs too, and the tour waits.

use super::Prompt;

/// Steps: a line that begins with `== ` is a title, lines that begin with `> ` are inputs and those with
/// `: ` continue them, everything else is told.
static TEXT: &str = include_str!("tour.txt");

/// A step of the tour.
struct Step {
    title: &'static str,
    told: Vec<&'static str>,
    inputs: Vec<String>,
}

fn steps() -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in TEXT.lines() {
        if let Some(title) = line.strip_prefix("== ") {
            steps.push(Step { title, told: Vec::new(), inputs: Vec::new() });
        }
        let Some(step) = steps.last_mut() else { continue };
        if let Some(input) = line.strip_prefix("> ") {
            step.inputs.push(input.to_string());
        } else if let Some(more) = line.strip_prefix(": ") {
            step.inputs.iter_mut().last().into_iter().for_each(|input| *input += &format!("\n{more}"));
        } else if !line.starts_with("== ") && !line.is_empty() {
            step.told.push(line);
        }
    }
    steps
}

/// Where somebody is in the tour.
#[derive(Default)]
pub struct Tour {
    step: usize,
    input: usize,
    going: bool,
}

impl Tour {
    /// The input that comes next, to be put on the line.
    pub fn proposes(&self) -> Option<String> {
        let step = steps().into_iter().nth(self.step).filter(|_| self.going)?;
        step.inputs.into_iter().nth(self.input)
    }

    /// Somebody pressed Ctrl-C instead.
    pub fn pause(&mut self) -> bool {
        std::mem::take(&mut self.going)
    }
}

/// `:tour`, `:tour 3`, `:tour next`, `:tour off`
pub fn go(prompt: &mut Prompt<'_>, argument: &str) {
    let count = steps().len();
    let step = match argument {
        "off" | "end" | "stop" => {
            prompt.tour.pause();
            return prompt.voice.say("`:tour` goes on where you are");
        }
        "" if prompt.tour.step < count => prompt.tour.step,
        "" => 0,
        "next" => prompt.tour.step + 1,
        number => match number.parse::<usize>() {
            Ok(number) if (1..=count).contains(&number) => number - 1,
            _ => return prompt.voice.say_aside(&format!("`:tour` takes a step from 1 to {count}, next or off")),
        },
    };
    begin(prompt, step);
}

/// Tells a step, or that there are no more.
fn begin(prompt: &mut Prompt<'_>, at: usize) {
    let steps = steps();
    prompt.tour = Tour { step: at, input: 0, going: true };
    let Some(step) = steps.get(at) else {
        prompt.tour.going = false;
        return prompt.voice.say(
            "\nThat was the tour. `:save lesson.ad` keeps what you typed as a script, `help` lists what there is.\n",
        );
    };
    let title = format!("{}. {} ({} of {})", at + 1, step.title, at + 1, steps.len());
    let title = if prompt.voice.look.color { format!("\x1b[1m{title}\x1b[0m") } else { title };
    let keys =
        if at == 0 { "\n\nEnter runs what is typed; change it if you like. Ctrl-C pauses the tour." } else { "" };
    prompt.voice.say(&format!("\n{title}\n\n{}{keys}\n", step.told.join("\n")));
}

/// Goes on after an input, if it was the one proposed.
pub fn after(prompt: &mut Prompt<'_>, text: &str) {
    let Some(proposed) = prompt.tour.proposes() else { return };
    if text.trim() != proposed.trim() && !text.trim().is_empty() {
        return;
    }
    prompt.tour.input += 1;
    if prompt.tour.proposes().is_none() {
        begin(prompt, prompt.tour.step + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::steps;
    use crate::interpret::Session;

    #[test]
    fn every_step_says_something_and_runs() {
        let mut session = Session::new(Box::new(std::io::sink()));
        let steps = steps();
        assert!(steps.len() >= 10);
        for step in steps {
            assert!(!step.told.is_empty() && !step.inputs.is_empty(), "{}", step.title);
            assert!(step.told.iter().all(|line| line.chars().count() <= 78), "{}", step.title);
            for input in step.inputs.iter().filter(|input| !input.starts_with(['?', ':'])) {
                let result = session.input(input);
                assert!(result.is_ok(), "{}: {input}: {result:?}", step.title);
            }
        }
    }
}
