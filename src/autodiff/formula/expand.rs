//! The steps that a formula is made of.

use super::super::{Args, Node, Var};
use super::{Code, Formula, From, Row, Scratch};
use crate::array::lanes::Lane;
use crate::array::{Array, DType};
use smallvec::SmallVec;
use std::rc::Rc;

impl Formula {
    /// The operands of the last step of the formula that a node is: steps as they would have been recorded one by
    /// one. Made when somebody first asks.
    pub(in crate::autodiff) fn steps(&self, node: &Node) -> &Args {
        self.steps.get_or_init(|| {
            self.code.seen_through.set(true);
            if self.code.dtype == DType::F32 { self.expand::<f32>(node) } else { self.expand::<f64>(node) }
        })
    }

    fn expand<T: Row>(&self, node: &Node) -> Args {
        let code = &*self.code;
        let outside = Code::outside::<T>(&self.operands);
        let count = code.steps.len();
        let (mut kept, mut spare) = (vec![T::default(); code.kept], vec![T::default(); code.spare]);
        let mut result = vec![T::default(); code.steps.last().map_or(0, |step| step.len)];
        // It was computed before, so nothing can go wrong but a wish to stop, which whoever asked will notice.
        let _ = T::lend(|scratch: &mut Scratch<T>| {
            code.run(&outside, &mut kept, (&mut spare, &mut scratch.sums), &mut result)
        });
        let mut nodes: Vec<Rc<Node>> = Vec::with_capacity(count);
        for (at, step) in code.steps.iter().enumerate() {
            let var = |from: From| match from {
                From::Number(x) => Var::Num(x),
                From::Outside(i) => self.operands[i].clone(),
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
