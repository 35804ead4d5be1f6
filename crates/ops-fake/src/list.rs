use std::borrow::Cow;
use std::collections::HashMap;

use ops_model::Timestamp;

use crate::generate::{Generated, Seeded};
use crate::life::Held;

/// Operations in the order in which they were added, and each by its id: those that were given, those that are
/// generated, those that came while the service ran.
///
/// A generated operation is made up whenever it is asked for, and takes no memory.
pub(crate) struct List<T: Generated> {
    given: Vec<Held<T>>,
    seeded: Seeded,
    generated: u32,
    /// Generated operations that something has happened to, by place.
    changed: HashMap<usize, Held<T>>,
    added: Vec<Held<T>>,
    /// The places of all but the generated ones.
    places: HashMap<String, usize>,
}

impl<T: Generated> List<T> {
    /// A list of these operations and so many generated ones. An operation with the id of an earlier one takes its
    /// place.
    pub(crate) fn new(
        given: impl IntoIterator<Item = Held<T>>,
        seeded: Seeded,
        generated: u32,
    ) -> Self {
        let mut list = Self {
            given: Vec::new(),
            seeded,
            generated,
            changed: HashMap::new(),
            added: Vec::new(),
            places: HashMap::new(),
        };
        for held in given {
            match list.places.get(held.id()) {
                Some(place) => list.given[*place] = held,
                None => {
                    list.places.insert(held.id().to_owned(), list.given.len());
                    list.given.push(held);
                }
            }
        }
        list
    }

    pub(crate) fn len(&self) -> usize {
        self.given.len() + self.generated as usize + self.added.len()
    }

    /// Adds an operation at the end, or gives it back if there is one with its id.
    pub(crate) fn add(&mut self, held: Held<T>) -> Result<(), T> {
        if self.find(held.id()).is_some() {
            return Err(held.into_origin());
        }
        self.places.insert(held.id().to_owned(), self.len());
        self.added.push(held);
        Ok(())
    }

    /// The place of the operation with this id.
    pub(crate) fn find(&self, id: &str) -> Option<usize> {
        let place = self.places.get(id).copied();
        place.or_else(|| {
            let index = T::index(self.seeded.seed, id).filter(|index| *index < self.generated)?;
            let is_it = T::generated(self.seeded, index).id() == id;
            is_it.then(|| self.given.len() + index as usize)
        })
    }

    /// The operation at a place below [`len`](Self::len), as it is at this time.
    pub(crate) fn at(&self, place: usize, now: Timestamp) -> Cow<'_, T> {
        match self.held(place) {
            Ok(held) => held.at(now),
            Err(index) => Cow::Owned(T::generated(self.seeded, index).at(now).into_owned()),
        }
    }

    /// Changes the operation with this id; whether there is one.
    pub(crate) fn change(&mut self, id: &str, change: impl FnOnce(&mut Held<T>)) -> bool {
        let Some(place) = self.find(id) else {
            return false;
        };
        let before = self.given.len() + self.generated as usize;
        let held = match self.generated_index(place) {
            Some(index) => self
                .changed
                .entry(place)
                .or_insert_with(|| T::generated(self.seeded, index)),
            None if place < before => &mut self.given[place],
            None => &mut self.added[place - before],
        };
        change(held);
        true
    }

    /// What is held at a place, or the index of what is made up for it.
    fn held(&self, place: usize) -> Result<&Held<T>, u32> {
        match self.generated_index(place) {
            Some(index) => self.changed.get(&place).ok_or(index),
            None if place < self.given.len() => Ok(&self.given[place]),
            None => Ok(&self.added[place - self.given.len() - self.generated as usize]),
        }
    }

    fn generated_index(&self, place: usize) -> Option<u32> {
        let index = u32::try_from(place.checked_sub(self.given.len())?).ok()?;
        (index < self.generated).then_some(index)
    }
}
