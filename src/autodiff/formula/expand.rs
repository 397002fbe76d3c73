//! The steps that a formula is made of.

use super::super::{Args, Node, Recall, Var};
use super::{Code, Formula, From, Operands, Row, Scratch};
use crate::array::lanes::Lane;
use crate::array::{Array, DType, Shape, limits};
use smallvec::SmallVec;
use std::rc::Rc;

/// As many elements as could not be computed, which is to be seen.
fn lost<T: Row>(len: usize) -> Vec<T> {
    vec![T::from_double(f64::NAN); len]
}

impl Code {
    /// An operand with its elements: a rule may read them where a formula keeps something else instead.
    fn whole<T: Row>(recall: &Recall<'_>, operand: &Var) -> Var {
        let (Var::Traced(node), Var::Array(array)) = (operand, operand.plain()) else { return operand.clone() };
        if !array.is_forgotten() {
            return operand.clone();
        }
        let lost = || Array::new(Shape::from_slice(array.shape()), T::wrap(lost(array.len()))).into();
        let out = recall.value(node).unwrap_or_else(|_| lost());
        Var::Traced(Rc::new(Node::with_elements(out, node.clone())))
    }
}

impl Formula {
    /// The operands of the last step of the formula that a node is: steps as they would have been recorded one by
    /// one. Made when somebody first asks.
    pub(in crate::autodiff) fn steps(&self, node: &Node) -> &Args {
        self.steps.get_or_init(|| {
            self.code.seen_through.set(true);
            // Whoever stopped it halfway would leave wrong steps behind.
            limits::unstoppable(|| {
                if self.code.dtype == DType::F32 { self.expand::<f32>(node) } else { self.expand::<f64>(node) }
            })
        })
    }

    fn expand<T: Row>(&self, node: &Node) -> Args {
        let code = &*self.code;
        let recall = code.quiet.recall();
        let operands = self.operands.iter().map(|operand| Code::whole::<T>(&recall, operand)).collect::<Operands>();
        let outside = Code::outside::<T>(&operands);
        let count = code.steps.len();
        let (mut kept, mut spare) = (lost::<T>(code.kept), lost::<T>(code.spare));
        let mut result = lost::<T>(code.steps.last().map_or(0, |step| step.len));
        // All was computed before, so nothing can go wrong unless the machine has no memory at all.
        let _ = T::lend(|scratch: &mut Scratch<T>| {
            code.run(&outside, &mut kept, (&mut spare, &mut scratch.sums), &mut result)
        });
        let mut nodes: Vec<Rc<Node>> = Vec::with_capacity(count);
        for (at, step) in code.steps.iter().enumerate() {
            let var = |from: From| match from {
                From::Number(x) => Var::Num(x),
                From::Outside(i) => operands[i].clone(),
                From::Step(at) => Var::Traced(nodes[at].clone()),
            };
            let args: SmallVec<[Var; 2]> = step.args.iter().map(|arg| var(arg.from)).collect();
            let args = Args::of(step.op, step.place, step.plan.clone(), &args);
            if at + 1 == count {
                return args;
            }
            let out = match code.lane(From::Step(at), &outside, &kept, &spare, &result) {
                Lane::Still(x) if step.is_number::<T>() => Var::Num(x.double()),
                Lane::Still(x) => Var::Array(Rc::new(Array::new(step.shape.clone(), T::wrap(vec![x; step.len])))),
                Lane::Moving(row) => Var::Array(Rc::new(Array::new(step.shape.clone(), T::wrap(row.to_vec())))),
            };
            let age = node.age - (count - 1 - at) as u64;
            nodes.push(Rc::new(Node::new(out, age, args)));
        }
        Args::Source
    }
}
