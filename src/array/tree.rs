//! Blocks of 128 elements, and a pairwise tree over them: the order in which every sum is added up.

use smallvec::SmallVec;

/// Elements that are folded in lanes before the tree begins.
pub const BLOCK: usize = 128;

/// Folds one block, in eight lanes.
#[inline(always)]
pub fn fold_block<T: Copy>(
    block: &[T],
    load: impl Fn(T) -> f64 + Copy,
    identity: f64,
    join: impl Fn(f64, f64) -> f64 + Copy,
) -> f64 {
    let (eights, rest) = block.as_chunks::<8>();
    if eights.is_empty() {
        return rest.iter().fold(identity, |a, &b| join(a, load(b)));
    }
    let mut lanes = [identity; 8];
    for eight in eights {
        for (lane, &x) in lanes.iter_mut().zip(eight) {
            *lane = join(*lane, load(x));
        }
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    let whole = join(join(join(a, b), join(c, d)), join(join(e, f), join(g, h)));
    rest.iter().fold(whole, |a, &b| join(a, load(b)))
}

/// What some elements come to: most rows are one block, and need no tree.
#[inline(always)]
pub fn block_or_tree<T: Copy>(
    data: &[T],
    load: impl Fn(T) -> f64 + Copy,
    identity: f64,
    join: impl Fn(f64, f64) -> f64 + Copy,
) -> f64 {
    if data.len() <= BLOCK {
        return fold_block(data, load, identity, join);
    }
    tree(data, load, identity, join).finish(|early, late| *early = join(*early, late)).unwrap_or(identity)
}

/// The tree over some elements: blocks of 128 in eight lanes, then pairwise.
#[inline(always)]
pub fn tree<T: Copy>(
    data: &[T],
    load: impl Fn(T) -> f64 + Copy,
    identity: f64,
    join: impl Fn(f64, f64) -> f64 + Copy,
) -> Tree<f64> {
    let mut tree = Tree::new();
    for block in data.chunks(BLOCK) {
        tree.push(fold_block(block, load, identity, join), |early, late| *early = join(*early, late));
    }
    tree
}

/// A pairwise tree over items that arrive one by one: like a binary counter, it holds at most one
/// result for every power of two.
pub struct Tree<T> {
    levels: SmallVec<[Option<T>; 24]>,
}

impl<T> Tree<T> {
    /// An empty tree.
    pub fn new() -> Tree<T> {
        Tree { levels: SmallVec::new() }
    }

    /// Adds an item.
    #[inline(always)]
    pub fn push(&mut self, item: T, join: impl FnMut(&mut T, T)) {
        self.push_at(0, item, join);
    }

    /// Adds a branch: the tree over the items that follow, as many as no smaller branch is waiting for.
    pub fn absorb(&mut self, branch: Tree<T>, mut join: impl FnMut(&mut T, T)) {
        for (height, item) in branch.levels.into_iter().enumerate().rev() {
            if let Some(item) = item {
                self.push_at(height, item, &mut join);
            }
        }
    }

    #[inline(always)]
    fn push_at(&mut self, height: usize, mut item: T, mut join: impl FnMut(&mut T, T)) {
        while self.levels.len() < height {
            self.levels.push(None);
        }
        for level in self.levels.iter_mut().skip(height) {
            match level.take() {
                None => {
                    *level = Some(item);
                    return;
                }
                Some(mut early) => {
                    join(&mut early, item);
                    item = early;
                }
            }
        }
        self.levels.push(Some(item));
    }

    /// What all items come to; `None` if there were none.
    pub fn finish(self, mut join: impl FnMut(&mut T, T)) -> Option<T> {
        let mut late: Option<T> = None;
        for early in self.levels.into_iter().flatten() {
            late = Some(match late {
                None => early,
                Some(late) => {
                    let mut early = early;
                    join(&mut early, late);
                    early
                }
            });
        }
        late
    }
}
