//! Which name was meant: a near one of ours, or what ours is called elsewhere.

/// The known name nearest to a wrong one, if it is near enough to be a slip. Swapping two letters counts
/// as one slip; a name that differs only in capitals is always near; of equally near names, the one
/// that begins alike is meant.
pub fn did_you_mean<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let length = wrong.chars().count();
    // One slip in a short name, two in a longer one. A single letter resembles every other.
    let limit = match length {
        0..=1 => 0,
        2..=4 => 1,
        5..=8 => 2,
        // No name worth suggesting is longer, and the distance costs time in the product of lengths.
        9..=100 => 3,
        _ => return None,
    };
    let lower = wrong.to_lowercase();
    let rank = |name: &'a str| {
        if name == wrong || name.chars().count().abs_diff(length) > limit {
            return None;
        }
        let distance = if name.to_lowercase() == lower { 0 } else { strsim::osa_distance(wrong, name) };
        let shared = wrong.chars().zip(name.chars()).take_while(|(a, b)| a == b).count();
        (distance <= limit && distance < length).then_some((distance, usize::MAX - shared, name))
    };
    known.filter_map(rank).min().map(|(_, _, name)| name)
}

/// What to write here for a name that other systems use: NumPy's, PyTorch's, MXNet's, MATLAB's, Python's.
pub fn foreign(name: &str) -> Option<&'static str> {
    FOREIGN.iter().find(|(theirs, _)| theirs.contains(&name)).map(|&(_, ours)| ours)
}

/// Names used elsewhere, and ours for them.
const FOREIGN: &[(&[&str], &str)] = &[
    // Making arrays.
    (&["array", "tensor", "asarray", "as_tensor", "ndarray", "matrix", "Tensor", "list"], "[1, 2]"),
    (&["identity", "Identity"], "eye"),
    (&["empty"], "zeros"),
    (&["empty_like"], "zeros_like"),
    (&["random", "random_uniform"], "uniform"),
    (&["random_normal"], "normal"),
    (&["manual_seed", "set_seed", "srand"], "seed"),
    (&["randperm", "shuffle"], "permutation"),
    (&["logspace", "geomspace"], "10 ** linspace(a, b, n)"),
    (&["xrange"], "range"),
    // Products and linear algebra.
    (&["mm", "matmul", "bmm", "batch_dot"], "a @ b"),
    (&["multiply", "mul", "times"], "a * b"),
    (&["add", "plus"], "a + b"),
    (&["subtract", "sub", "minus"], "a - b"),
    (&["divide", "true_divide"], "a / b"),
    (&["floor_divide"], "a // b"),
    (&["mod", "remainder", "fmod"], "a % b"),
    (&["power", "pow"], "a ** b"),
    (&["negative", "neg"], "-a"),
    (&["inverse"], "inv"),
    (&["eig"], "eigh"),
    (&["eigvals"], "eigvalsh"),
    (&["magnitude"], "norm"),
    // Elementwise functions.
    (&["ln", "log_e", "logarithm"], "log"),
    (&["arcsin"], "asin"),
    (&["arccos"], "acos"),
    (&["arctan"], "atan"),
    (&["arctan2"], "atan2"),
    (&["arcsinh"], "asinh"),
    (&["arccosh"], "acosh"),
    (&["arctanh"], "atanh"),
    (&["absolute", "fabs", "Abs"], "abs"),
    (&["sgn", "signum"], "sign"),
    (&["ceiling"], "ceil"),
    (&["fix", "truncate"], "trunc"),
    (&["rint", "around"], "round"),
    (&["clamp"], "clip"),
    (&["gammaln"], "lgamma"),
    (&["psi"], "digamma"),
    (&["expit", "logistic"], "sigmoid"),
    (&["logsigmoid"], "log_sigmoid"),
    (&["swish"], "silu"),
    (&["heaviside"], "x > 0"),
    (&["isinf"], "abs(x) == inf"),
    (&["e", "E"], "exp(1)"),
    (&["radians", "deg2rad"], "x * pi / 180"),
    (&["degrees", "rad2deg"], "x * 180 / pi"),
    (&["factorial"], "gamma(n + 1)"),
    (&["nll_loss"], "cross_entropy"),
    (&["mean_squared_error"], "mse_loss"),
    (&["sqr"], "square"),
    (&["fmax"], "maximum"),
    (&["fmin"], "minimum"),
    // Reductions.
    (&["amax", "nanmax"], "max"),
    (&["amin", "nanmin"], "min"),
    (&["average"], "mean"),
    (&["stddev", "stdev"], "std"),
    (&["variance"], "var"),
    (&["percentile"], "quantile"),
    (&["product"], "prod"),
    (&["total", "reduce_sum"], "sum"),
    (&["reduce_mean"], "mean"),
    (&["reduce_max"], "max"),
    (&["cumulative_sum"], "cumsum"),
    // Shape.
    (&["concatenate", "cat"], "concat"),
    (&["append", "push"], "concat"),
    (&["vstack", "vcat"], "concat((a, b), axis = 0)"),
    (&["hstack", "hcat"], "concat((a, b), axis = 1)"),
    (&["permute"], "transpose"),
    (&["ravel"], "flatten"),
    (&["view"], "reshape"),
    (&["unsqueeze"], "expand_dims"),
    (&["numel"], "size"),
    (&["length"], "len"),
    (&["ndims", "rank"], "ndim"),
    (&["broadcast", "expand"], "broadcast_to"),
    (&["flipud", "fliplr", "reverse"], "flip"),
    (&["newaxis"], "none"),
    (&["repmat"], "tile"),
    (&["meshgrid"], "x[:, none]"),
    (&["diff"], "x[1:] - x[:-1]"),
    (&["sorted"], "sort"),
    (&["astype", "double", "float", "float64"], "f64"),
    (&["single", "float32"], "f32"),
    // Gradients.
    (&["requires_grad", "requires_grad_", "Variable", "Parameter", "GradientTape"], "attach_grad"),
    (&["no_grad", "inference_mode"], "pause"),
    (&["stop_gradient", "stop_grad", "blockgrad"], "detach"),
    (&["autograd"], "record"),
    (&["gradient", "derivative", "differentiate"], "grad"),
    (&["backprop"], "backward"),
    (&["jacfwd", "jacrev"], "jacobian"),
    (&["value_and_gradient"], "value_and_grad"),
    // The language.
    (&["println", "printf", "echo", "disp", "puts", "console"], "print"),
    (&["null", "None", "nil", "undefined"], "none"),
    (&["True", "TRUE"], "true"),
    (&["False", "FALSE"], "false"),
    (&["elif", "elseif", "elsif"], "else if"),
    (&["def", "function", "func"], "fn"),
    (&["lambda"], "x -> x + 1"),
    (&["let", "const"], "x = 1"),
    (&["until"], "while not"),
    (&["except"], "catch"),
    (&["raise", "throw"], "error"),
    (&["begin"], "{"),
    (&["end", "endif", "endwhile", "endfor"], "}"),
    (&["Inf", "Infinity", "infinity"], "inf"),
    (&["NaN", "NAN"], "nan"),
    (&["Pi", "PI"], "pi"),
    (&["int"], "trunc"),
    (&["string"], "str"),
    (&["bool", "boolean"], "x != 0"),
    (&["dict", "struct", "object"], "(a = 1, b = 2)"),
    (&["foreach"], "for"),
    (&["typeof", "type"], "dtype"),
    // Data and tools.
    (&["read_csv", "readcsv", "loadtxt", "fopen", "open"], "load"),
    (&["to_csv", "savetxt"], "save"),
    (&["figure"], "plot"),
    (&["imshow"], "show"),
    (&["allclose", "assert_allclose"], "assert_close"),
    (&["tic", "toc", "timeit"], "time"),
    (&["fsolve", "fzero"], "root"),
    (&["fminsearch", "fminunc"], "minimize"),
    (&["ode45", "solve_ivp"], "odeint"),
    // These need no name: everything they hold is at hand.
    (&["numpy", "np", "torch", "jnp", "jax", "mx", "nd", "math"], "the bare name, as in sqrt(x)"),
];

#[cfg(test)]
mod tests {
    use super::FOREIGN;

    #[test]
    fn every_foreign_name_has_one_answer() {
        let mut names: Vec<&str> = FOREIGN.iter().flat_map(|(theirs, _)| theirs.iter().copied()).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(FOREIGN.iter().all(|(_, ours)| !names.contains(ours)));
    }
}
