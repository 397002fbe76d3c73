//! Element types: asking for them and changing them.

use crate::array::{DType, Shape, lazy};
use crate::autodiff::{Context, Forward, Grad, Number, Op, Plan, Pull, Var};
use crate::diagnostic::{Outcome, Part, Problem};
use crate::value::{Builtin, Call, Run, Value, as_var, map_leaves};

/// Everything declared here.
pub static ALL: &[&Builtin] = &[&F32, &F64, &CONVERT, &DTYPE, &DEFAULT_DTYPE];

pub(crate) static F64: Builtin = Builtin {
    name: "f64",
    params: &["x"],
    doc: "As numbers of double precision, which have 16 digits; of a tuple, leaf by leaf.\n\nA string is read as a number.\n> f64(true)\n1\n> f64(\"3.5\") + 1\n4.5",
    samples: &["f32([1.5, 2])", "[[1, 2], [3, 4]]", "true", "2", "(w = [1, 2], b = 3)", "f32(zeros(0, 2))"],
    run: Run::Routine(|call| converted(call, DType::F64)),
};

pub(crate) static F32: Builtin = Builtin {
    name: "f32",
    params: &["x"],
    doc: "As numbers of single precision, which have 7 digits and take half the memory; of a tuple, leaf by leaf.\n\nA string is read as a number.\n> f32([1, 2]).dtype\n\"f32\"",
    samples: &["[1.5, 2]", "true", "2", "(w = [1, 2], b = 3)", "zeros(0, 2)"],
    run: Run::Routine(|call| converted(call, DType::F32)),
};

fn converted(call: &mut Call<'_>, dtype: DType) -> Outcome<Value> {
    let cx = call.host.cx();
    let leaf = |value: &Value| as_var(value)?.map(|var| convert(cx, &var, dtype).map(Value::Var)).transpose();
    match call.args.get(0) {
        Value::Text(text) => {
            let number = text.trim().parse::<f64>().map_err(|_| {
                let name = dtype.name();
                Problem::new(format!("this string is not a number: \"{}\"", shortened(text)))
                    .label(Part::Argument(0), "")
                    .help(format!("{name} reads one number, such as {name}(\"-1.5e3\")"))
            })?;
            convert(cx, &Var::Num(number), dtype).map(Value::Var)
        }
        // Leaves that are not numbers stay as they are, as in arithmetic.
        tuple @ Value::Tuple(_) => map_leaves(tuple, &mut |value| Ok(leaf(value)?.unwrap_or_else(|| value.clone()))),
        other => leaf(other)?.ok_or_else(|| call.args.wrong(0, "a number, an array or a string")),
    }
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(20).flat_map(char::escape_debug).collect();
    if text.chars().count() > 20 {
        short.push('…');
    }
    short
}

/// The same numbers in another precision.
///
/// # Errors
/// When memory runs out.
pub fn convert(cx: &Context, x: &Var, dtype: DType) -> Outcome<Var> {
    if x.dtype() == dtype {
        return Ok(x.clone());
    }
    cx.apply_with(CONVERT.op(), Plan::new(dtype), std::slice::from_ref(x))
}

/// What `f32` and `f64` record. Its plan is the type.
pub(crate) static CONVERT: Builtin = Builtin {
    name: "(convert)",
    params: &["x"],
    doc: "The same numbers in another precision.",
    samples: &[],
    run: Run::Operation(
        |_| Err(Problem::new("internal error: not to be called")),
        Op {
            forward: Forward::Elements(|_, plan, args| {
                let dtype: &DType = plan.get()?;
                if let Some(Var::Array(x)) = args.first()
                    && lazy::postponed(x.shape())
                {
                    return Ok(lazy::same(x.clone(), Shape::from_slice(x.shape()), *dtype)?.into());
                }
                Ok(args.first().map_or_else(Var::default, |x| x.array().cast(*dtype).into()))
            }),
            // The engine gives a cotangent the operand's type.
            grad: Grad::Linear(|p: &Pull<'_>, _| Ok(p.dy.clone())),
            number: Number::new(),
        },
    ),
};

pub(crate) static DTYPE: Builtin = Builtin {
    name: "dtype",
    params: &["x"],
    doc: "What the elements are: \"f64\", \"f32\" or \"bool\".\n> dtype([1, 2])\n\"f64\"\n> dtype([1, 2] > 1)\n\"bool\"",
    samples: &["[1, 2]", "true", "f32(1)", "zeros(0, 2)"],
    run: Run::Routine(|call| match call.args.get(0) {
        Value::Var(var) => Ok(Value::text(var.dtype().name())),
        Value::Range(_) => Ok(Value::text(DType::F64.name())),
        other => {
            Err(Problem::new(format!("{} has no element type", other.kind())).label(Part::Argument(0), other.kind()))
        }
    }),
};

pub(crate) static DEFAULT_DTYPE: Builtin = Builtin {
    name: "default_dtype",
    params: &["name = none"],
    doc: "Chooses what literals and constructors make from now on: \"f64\" or \"f32\".\n\nWithout an argument it gives the choice that holds.\n> default_dtype()\n\"f64\"",
    samples: &[],
    run: Run::Routine(|call| {
        if !call.args.given(0) {
            return Ok(Value::text(if *call.host.singles() { "f32" } else { "f64" }));
        }
        let singles = match call.args.get(0) {
            Value::Text(name) if name.as_str() == "f32" => true,
            Value::Text(name) if name.as_str() == "f64" => false,
            Value::Builtin(builtin) if builtin.name == "f32" => true,
            Value::Builtin(builtin) if builtin.name == "f64" => false,
            _ => {
                return Err(Problem::new("there are two element types for numbers")
                    .label(Part::Argument(0), call.args.get(0).kind())
                    .help("write default_dtype(\"f64\") or default_dtype(\"f32\")"));
            }
        };
        *call.host.singles() = singles;
        Ok(Value::None)
    }),
};
