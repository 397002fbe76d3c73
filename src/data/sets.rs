//! The data sets in the binary, so that a lesson works without a network. They are files like any other,
//! compressed; `src/library/data` has the script that made them and says whose they are.
//!
//! A set is ready to train on: `x` has a row for each observation, `y` the class numbers, and `classes`
//! what these are called.

use super::{Options, Reading, door, npy, table};
use crate::array::{Array, Shape, limits};
use crate::diagnostic::Outcome;
use crate::value::{Tuple, Value, as_var};
use std::collections::BTreeSet;

/// What the sets are called.
pub const NAMES: &[&str] = &["iris", "digits", "penguins"];

static IRIS: &[u8] = include_bytes!("../library/data/iris.csv.gz");
static DIGITS: &[u8] = include_bytes!("../library/data/digits.npy.gz");
static PENGUINS: &[u8] = include_bytes!("../library/data/penguins.csv.gz");

/// The set of a name, read anew; `None` if there is none.
pub(super) fn find(name: &str) -> Option<Outcome<Value>> {
    match name {
        "iris" => Some(iris()),
        "digits" => Some(digits()),
        "penguins" => Some(penguins()),
        _ => None,
    }
}

/// Reads a set with a reader for files.
fn read<T>(name: &str, packed: &[u8], reader: impl FnOnce(&mut Reading<'_>, &[u8]) -> Outcome<T>) -> Outcome<T> {
    let bytes = door::unpack(name, packed)?;
    let options = Options::default();
    reader(&mut Reading { path: name, options: &options, warnings: Vec::new() }, &bytes)
}

fn text(texts: &[&str]) -> Value {
    Value::tuple(texts.iter().map(|&text| Value::text(text)).collect())
}

fn iris() -> Outcome<Value> {
    let (columns, _) = read("iris", IRIS, |reading, bytes| table::columns(reading, bytes))?;
    let (x, y) = (table::matrix(columns.iter().take(4).map(|column| &column.value))?, columns.last());
    Ok(Value::Tuple(
        Tuple::named([
            ("x", array(x)),
            ("y", y.map_or(Value::None, |column| column.value.clone())),
            ("columns", text(&["sepal length", "sepal width", "petal length", "petal width"])),
            ("classes", text(&["setosa", "versicolor", "virginica"])),
            ("about", Value::text("iris: 150 flowers of three species, in cm (Fisher 1936)")),
        ])
        .into(),
    ))
}

fn array(array: Option<Array>) -> Value {
    array.map_or(Value::None, |array| Value::Var(array.into()))
}

/// One table of bytes, the class last in each row.
fn digits() -> Outcome<Value> {
    let value = read("digits", DIGITS, npy::read)?;
    let table = as_var(&value)?.unwrap_or_default().array().into_owned();
    let table = table.to_doubles();
    let rows = || table.chunks_exact(65);
    let mut x: Vec<f64> = limits::reserve(rows().len() * 64)?;
    rows().filter_map(|row| row.first_chunk::<64>()).for_each(|pixels| x.extend(pixels));
    let y: Vec<f64> = rows().filter_map(|row| row.last().copied()).collect();
    let names: Vec<String> = (0..10).map(|digit| digit.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Ok(Value::Tuple(
        Tuple::named([
            ("x", array(Some(Array::new(Shape::from_slice(&[y.len(), 64]), x)))),
            ("y", array(Some(Array::new(Shape::from_slice(&[y.len()]), y)))),
            ("classes", text(&names)),
            ("about", Value::text("digits: 1797 digits, 8 x 8 pixels from 0 to 16 (Alpaydin, Kaynak 1998)")),
        ])
        .into(),
    ))
}

/// Names become numbers in the order of the alphabet, and what is missing nan.
fn penguins() -> Outcome<Value> {
    let (columns, _) = read("penguins", PENGUINS, |reading, bytes| table::columns(reading, bytes))?;
    let find = |name: &str| columns.iter().find(|column| column.title.as_deref() == Some(name)).map(|c| &c.value);
    let measured = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"];
    let x = table::matrix(measured.iter().filter_map(|name| find(name)))?;
    let [(y, classes), (island, islands), (sex, sexes)] = ["species", "island", "sex"].map(|name| numbered(find(name)));
    Ok(Value::Tuple(
        Tuple::named([
            ("x", array(x)),
            ("y", y),
            ("columns", text(&["bill length mm", "bill depth mm", "flipper length mm", "body mass g"])),
            ("classes", classes),
            ("island", island),
            ("islands", islands),
            ("sex", sex),
            ("sexes", sexes),
            ("year", find("year").cloned().unwrap_or(Value::None)),
            ("about", Value::text("penguins: 344 birds, nan where not measured (Gorman et al. 2014)")),
        ])
        .into(),
    ))
}

/// Strings as class numbers, and what the numbers stand for.
fn numbered(column: Option<&Value>) -> (Value, Value) {
    let Some(Value::Tuple(cells)) = column else { return (Value::None, Value::None) };
    let name = |cell: &Value| if let Value::Text(text) = cell { Some(text.to_string()) } else { None };
    let names: BTreeSet<String> = cells.items.iter().filter_map(name).collect();
    let number = |cell: &Value| {
        name(cell).and_then(|name| names.iter().position(|known| *known == name)).map_or(f64::NAN, |i| i as f64)
    };
    let numbers: Vec<f64> = cells.items.iter().map(number).collect();
    let numbers = Array::new(Shape::from_slice(&[numbers.len()]), numbers);
    (array(Some(numbers)), Value::tuple(names.into_iter().map(Value::text).collect()))
}
