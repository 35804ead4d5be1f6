use std::collections::HashMap;

use ops_model::LongRunning;

/// Operations in the order in which they were added, and each by its id.
pub(crate) struct List<T> {
    items: Vec<T>,
    places: HashMap<String, usize>,
}

impl<T: LongRunning> List<T> {
    pub(crate) fn new() -> Self {
        Self {
            items: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// Adds an item at the end, or in the place of the one with the same id, which is returned. Tells the place.
    pub(crate) fn put(&mut self, item: T) -> (usize, Option<T>) {
        if let Some(place) = self.places.get(item.id()) {
            return (
                *place,
                Some(std::mem::replace(&mut self.items[*place], item)),
            );
        }
        let place = self.items.len();
        self.places.insert(item.id().to_owned(), place);
        self.items.push(item);
        (place, None)
    }

    pub(crate) fn find(&self, id: &str) -> Option<&T> {
        self.places.get(id).map(|place| &self.items[*place])
    }

    pub(crate) fn items(&self) -> &[T] {
        &self.items
    }
}
