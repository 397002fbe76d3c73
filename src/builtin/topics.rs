//! Help on what is not a function: keywords and ideas. Each topic is how it is written, what it does,
//! and examples in the form that functions have them.

/// The text on a topic.
pub fn find(name: &str) -> Option<&'static str> {
    TOPICS.iter().find(|(names, _)| names.contains(&name)).map(|(_, text)| *text)
}

/// The names of all topics.
pub fn names() -> impl Iterator<Item = &'static str> {
    TOPICS.iter().flat_map(|(names, _)| names.iter().copied())
}

/// Every topic, under all its names.
pub static TOPICS: &[(&[&str], &str)] = &[
    (&["statements"], "x = e; a, b = e; x += e; x[i] = e; p.w = e # a comment

A statement ends with its line, or at `;`. A line goes on inside brackets, after an operator or a comma, and before a line that starts with `.name`, `else` or `catch`. `#` starts a comment; `##` lines above a definition are its help.
> a, b = [3, 4]
> a += 1
> [a,
> b] ** 2
[16, 16]"),
    (&["operators"], "x -> e, or, and, not, == != < <= > >=, + -, * / // % @, - +, **, f(x) a[i] a.name f'

From those that bind loosest to those that bind tightest. Comparisons chain and go element by element; `**`, also written `^`, binds to the right and tighter than a sign before it. What stands behind a value binds tightest, from left to right.
> -2 ** 2
-4
> 0 < [1, 2, 3] < 3
[true, true, false]
> [1, 2] @ [3, 4]
11"),
    (&["numbers"], "1, 1.5, .5, 1_000, 1e-3, 0xff, pi, tau, inf, nan

All numbers are doubles unless asked otherwise; `f32(x)` makes singles, `default_dtype(\"f32\")` makes them of all literals. A single number adapts to the array it meets.
> 7 // 2, 0xff, 1e3
(3, 255, 1000)
> f32([1, 2]) / 3
f32([0.333333, 0.666667])"),
    (&["arrays"], "[1, 2], [[1, 2], [3, 4]]

Brackets stack what they hold along a new first axis, so all must have one shape. What an operator meets is stretched to one shape, as in NumPy. Arrays are values: a copy never changes with what it was copied from.
> a = [1, 2]
> b = a
> b[0] = 9
> a + [[0], [10]]
[[ 1,  2],
 [11, 12]]"),
    (&["record"], "record < statements >

Runs statements and records what depends on an attached array, so that `backward` can go back through it. Dropout is on inside, unless it begins with `record(train = false) <`.
> x = [1, 2]
> attach_grad(x)
> record < y = sum(x ** 2) >
> backward(y)
> x.grad
[2, 4]"),
    (&["pause"], "pause < statements >

Runs statements without recording them. It is an expression: its value is that of the last statement.
> x = [1, 2]
> attach_grad(x)
> record < y = x * pause < sum(x) > >
> backward(y)
> x.grad
[3, 3]"),
    (&["train_mode", "predict_mode"], "train_mode < statements >
predict_mode < statements >

Switches what `dropout` and `batch_norm` do, without recording anything. `record` trains.
> train_mode < is_training() >
true
> record < predict_mode < is_training() > >
false"),
    (&["fn", "return"], "fn name(x, k = 2, ...rest) { statements }
name(x) = expression
x -> expression

Defines a function. Its value is that of its last statement, or what `return` gives. `##` lines directly above are its help. A name assigned anywhere in a function is local to it.
> fn largest(a, b) { if a > b { return a }; b }
> largest(2, 3)
3
> g(t) = t ** 3
> g'(2)
12
> map(x -> x + 1, [1, 2])
[2, 3]"),
    (&["if", "else"], "if condition { statements } else if condition { statements } else { statements }

Chooses. It is an expression; the condition is one true or false, so for an array write `any(…)` or `all(…)`, or choose element by element with `where`.
> x = 3
> if x > 2 { \"large\" } else { \"small\" }
\"large\""),
    (&["while"], "while condition { statements }

Repeats as long as a condition holds; `break` leaves the loop, `continue` starts the next turn.
> n = 1
> while n < 100 { n = n * 2 }
> n
128"),
    (&["for", "in", "break", "continue"], "for x in xs { statements }

Goes along the first axis of an array, or through a tuple, a string or `range(a, b)`. Entries can be taken apart: `for i, x in enumerate(xs)`.
> for i, x in enumerate([5, 7]) { print(i, x) }
0 5
1 7"),
    (&["try", "catch"], "try { statements } catch err { statements }

Goes on after an error: `err.message` says what happened, `err.line` where, and `error(err)` stops with it after all.
> try { [1, 2][5] } catch { \"out of range\" }
\"out of range\""),
    (&["import", "as"], "import \"path/file.ad\" as m
import nn

Runs a file once; its names are members: `m.name`. Paths start at the importing file; a name without quotes is a module of the library, `nn`, `optim` or `data`, which `help(nn)` explains.
> import data
> data.split([1, 2, 3, 4], 0.25, shuffled = false)
([1, 2, 3], [4])"),
    (&["and", "or", "not"], "a and b, a or b, not a

Of single values the second is looked at only if needed; arrays go element by element.
> 1 > 0 and 2 > 3
false
> [true, false] or [false, false]
[true, false]"),
    (&["none", "true", "false"], "none, true, false

`none` stands for nothing: `x == none` asks for it. Truth values count as 1 and 0 in arithmetic.
> true + true
2"),
    (&["strings"], "\"text {expression} {expression:.2f}\"

Braces hold expressions, with a format after a colon. `+` joins strings; they have `[i]` and slices.
> x = 2 / 3
> \"x = {x:.3f}\"
\"x = 0.667\""),
    (&["tuples"], "(a, b), (w = 1, b = 0), (a,), ()

Holds anything, in order; entries may have names. Arithmetic goes through all of it.
> p = (w = [1, 2], b = 3)
> p.w
[1, 2]
> 2 * p
(w = [2, 4], b = 6)"),
    (&["indexing"], "a[i], a[i, j], a[-1], a[1:3], a[:, 0], a[::-1], a[mask], a[[0, 2]], a[:, none]

Positions count from 0, negative ones from the end. The same can be assigned to.
> a = [[1, 2], [3, 4]]
> a[:, 0]
[1, 3]
> a[0, 1] = 9
> a
[[1, 9],
 [3, 4]]"),
    (&["gradients"], "x.grad, f', grad, backward

Three ways to a derivative: `f'` of a function, `grad(y, x)` of a recorded result, or `attach_grad(x)`, `record < … >`, `backward(y)` and `x.grad`. All nest, to any order.
> f(x) = x ** 3
> f''(2)
12
> grad(x -> sum(x ** 2))([1, 2])
[2, 4]"),
];
