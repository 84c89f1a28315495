//! Items in classes, split until all of a class name items of the same classes, in the same order.
//!
//! When a class is split, its largest part keeps the class's number: so whoever names an item of that part need not be looked
//! at again, and no item changes its class more often than its class can be halved. That bounds the work by the number of names
//! times the logarithm of the number of items, as Hopcroft has it, however long the chains are.

use std::collections::{BTreeMap, HashMap};

pub(super) struct Partition {
    /// The class of each item.
    classes: Vec<u32>,
    /// The items of each class, in no order, and where each stands there.
    members: Vec<Vec<u32>>,
    places: Vec<usize>,
    /// The items that each names, in their order.
    names: Vec<Vec<u32>>,
    /// The items that name each.
    named_by: Vec<Vec<u32>>,
}

/// A part of a class that is not what its other items are.
struct Part {
    class: u32,
    items: Vec<u32>,
}

impl Partition {
    /// Items in the classes that they are in to begin with, and what they name. Numbers of items are below their count.
    pub(super) fn of(classes: Vec<u32>, names: Vec<Vec<u32>>) -> Self {
        let count = classes.iter().max().map_or(0, |class| *class as usize + 1);
        let mut members = vec![Vec::new(); count];
        let mut places = Vec::with_capacity(classes.len());
        for (item, class) in (0..).zip(&classes) {
            let class: &mut Vec<u32> = &mut members[*class as usize];
            places.push(class.len());
            class.push(item);
        }
        let mut named_by = vec![Vec::new(); classes.len()];
        for (item, named) in (0..).zip(&names) {
            for other in named {
                let namers: &mut Vec<u32> = &mut named_by[*other as usize];
                if namers.last() != Some(&item) {
                    namers.push(item);
                }
            }
        }
        Self { classes, members, places, names, named_by }
    }

    /// The class of each item, in the coarsest partition that is stable.
    pub(super) fn refined(mut self) -> Vec<u32> {
        let mut touched: Vec<u32> = (0..self.classes.len() as u32).collect();
        while !touched.is_empty() {
            let mut moved = Vec::new();
            for part in self.parts(&touched) {
                let class = self.members.len() as u32;
                self.members.push(Vec::new());
                for item in part.items {
                    self.take(item, part.class);
                    self.places[item as usize] = self.members[class as usize].len();
                    self.members[class as usize].push(item);
                    self.classes[item as usize] = class;
                    moved.push(item);
                }
            }
            touched = moved.iter().flat_map(|item| &self.named_by[*item as usize]).copied().collect();
            touched.sort_unstable();
            touched.dedup();
        }
        self.classes
    }

    /// What has to leave its class: all items that are not `touched`, sorted, name the same classes as others of theirs.
    fn parts(&self, touched: &[u32]) -> Vec<Part> {
        let mut by_class: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for item in touched {
            let class = self.classes[*item as usize];
            if self.members[class as usize].len() > 1 {
                by_class.entry(class).or_default().push(*item);
            }
        }
        let mut parts = Vec::new();
        for (class, touched) in by_class {
            let members = &self.members[class as usize];
            let is_at_rest = |item: &&u32| touched.binary_search(item).is_err();
            let mut groups: HashMap<Vec<u32>, Vec<u32>> = HashMap::new();
            for item in &touched {
                groups.entry(self.named_classes(*item)).or_default().push(*item);
            }
            let resting = members.len() - touched.len();
            let of_the_rest = members.iter().find(is_at_rest).map(|item| self.named_classes(*item));
            if let Some(names) = &of_the_rest {
                groups.entry(names.clone()).or_default();
            }
            let size = |names: &Vec<u32>, items: &Vec<u32>| {
                items.len() + if of_the_rest.as_ref() == Some(names) { resting } else { 0 }
            };
            // The largest stays; of those that are alike in size, the one that comes first by what it names.
            let mut groups: Vec<_> = groups.into_iter().collect();
            groups.sort_unstable_by(|(a, of_a), (b, of_b)| size(b, of_b).cmp(&size(a, of_a)).then_with(|| a.cmp(b)));
            for (names, mut items) in groups.into_iter().skip(1) {
                if of_the_rest.as_ref() == Some(&names) {
                    items.extend(members.iter().filter(is_at_rest));
                }
                parts.push(Part { class, items });
            }
        }
        parts
    }

    fn named_classes(&self, item: u32) -> Vec<u32> {
        self.names[item as usize].iter().map(|named| self.classes[*named as usize]).collect()
    }

    fn take(&mut self, item: u32, class: u32) {
        let members = &mut self.members[class as usize];
        let place = self.places[item as usize];
        members.swap_remove(place);
        if let Some(other) = members.get(place) {
            self.places[*other as usize] = place;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Partition;

    /// The items that are in one class, for each item the first of them.
    fn classes(classes: &[u32], names: &[&[u32]]) -> Vec<usize> {
        let refined = Partition::of(classes.to_vec(), names.iter().map(|it| it.to_vec()).collect()).refined();
        refined.iter().map(|class| refined.iter().position(|other| other == class).unwrap_or_default()).collect()
    }

    #[test]
    fn items_that_name_each_other_alike_stay_together() {
        // Two rings of two, and one that names an outsider.
        let names: [&[u32]; 6] = [&[], &[2], &[1], &[4], &[3], &[0]];
        assert_eq!(classes(&[0, 1, 1, 1, 1, 1], &names), [0, 1, 1, 1, 1, 5]);
    }

    #[test]
    fn the_order_of_names_and_their_number_count() {
        let names: [&[u32]; 6] = [&[], &[], &[0, 1], &[1, 0], &[0, 1], &[0, 1, 1]];
        assert_eq!(classes(&[0, 1, 2, 2, 2, 2], &names), [0, 1, 2, 3, 2, 5]);
    }

    #[test]
    fn a_chain_comes_apart_link_by_link_in_little_time() {
        let count = 100_000;
        let names: Vec<Vec<u32>> = (0..count).map(|item| vec![(item + 1).min(count - 1)]).collect();
        // The last one is of another class, so that the one before it is, and so on.
        let mut first: Vec<u32> = vec![0; count as usize];
        first[count as usize - 1] = 1;
        let mut refined = Partition::of(first, names).refined();
        refined.sort_unstable();
        refined.dedup();
        assert_eq!(refined.len(), count as usize);
    }
}
