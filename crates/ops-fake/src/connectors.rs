use std::collections::BTreeMap;

use ops_model::kafka_connect::ConnectorOperation;

use crate::EXAMPLE_CONNECTOR_ARN;
use crate::list::List;

/// The connectors, and the operations of each in the order in which they were added.
pub(crate) struct Connectors {
    operations: List<ConnectorOperation>,
    places: BTreeMap<String, Vec<usize>>,
}

impl Connectors {
    pub(crate) fn new() -> Self {
        Self {
            operations: List::new(),
            places: BTreeMap::new(),
        }
    }

    /// Adds a connector, unless it is there.
    pub(crate) fn add(&mut self, connector_arn: String) {
        self.places.entry(connector_arn).or_default();
    }

    /// Adds an operation to its connector, which is added too, or puts it in the place of the one with the same ARN.
    pub(crate) fn put(&mut self, operation: ConnectorOperation) {
        let connector = connector_of(&operation).to_owned();
        let (place, before) = self.operations.put(operation);
        if let Some(before) = before {
            if connector_of(&before) == connector {
                return;
            }
            if let Some(places) = self.places.get_mut(connector_of(&before)) {
                places.retain(|other| *other != place);
            }
        }
        self.places.entry(connector).or_default().push(place);
    }

    pub(crate) fn find(&self, operation_arn: &str) -> Option<&ConnectorOperation> {
        self.operations.find(operation_arn)
    }

    /// The places of a connector's operations; `None` if there is no such connector.
    pub(crate) fn places(&self, connector_arn: &str) -> Option<&[usize]> {
        self.places.get(connector_arn).map(Vec::as_slice)
    }

    /// The operation at a place that [`places`](Self::places) told.
    pub(crate) fn at(&self, place: usize) -> &ConnectorOperation {
        &self.operations.items()[place]
    }

    pub(crate) fn arns(&self) -> impl ExactSizeIterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }
}

/// The connector that an operation belongs to: the example, unless it names another.
fn connector_of(operation: &ConnectorOperation) -> &str {
    operation
        .connector_arn
        .as_deref()
        .unwrap_or(EXAMPLE_CONNECTOR_ARN)
}
