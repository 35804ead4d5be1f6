use std::collections::{BTreeMap, HashMap};

use ops_model::kafka_connect::ConnectorOperation;

use crate::EXAMPLE_CONNECTOR_ARN;
use crate::generate::Seeded;
use crate::life::Held;
use crate::list::List;

/// The connectors, and the operations of each.
pub(crate) struct Connectors(BTreeMap<String, List<ConnectorOperation>>);

impl Connectors {
    /// These connectors and those of these operations, and so many generated operations of the example.
    ///
    /// An operation with the ARN of an earlier one takes its place; in another connector, it is the only one.
    pub(crate) fn new(
        arns: Vec<String>,
        operations: Vec<Held<ConnectorOperation>>,
        seeded: Seeded,
        generated: u32,
    ) -> Self {
        let mut given: BTreeMap<String, Vec<Held<ConnectorOperation>>> =
            arns.into_iter().map(|arn| (arn, Vec::new())).collect();
        if generated > 0 {
            given.entry(EXAMPLE_CONNECTOR_ARN.to_owned()).or_default();
        }
        let mut homes: HashMap<String, String> = HashMap::new();
        for held in operations {
            let connector = connector_of(held.origin()).to_owned();
            let before = homes.insert(held.id().to_owned(), connector.clone());
            if let Some(before) = before.filter(|before| *before != connector)
                && let Some(operations) = given.get_mut(&before)
            {
                operations.retain(|other| other.id() != held.id());
            }
            given.entry(connector).or_default().push(held);
        }
        let lists = given.into_iter().map(|(arn, operations)| {
            let is_example = arn == EXAMPLE_CONNECTOR_ARN;
            let generated = if is_example { generated } else { 0 };
            (arn, List::new(operations, seeded, generated))
        });
        Self(lists.collect())
    }

    /// Adds an operation to its connector, or gives it back if there is no such connector or if an operation has its ARN.
    #[expect(clippy::result_large_err, reason = "what is not taken is given back")]
    pub(crate) fn add(&mut self, held: Held<ConnectorOperation>) -> Result<(), ConnectorOperation> {
        let is_new = self.find(held.id()).is_none();
        match self.0.get_mut(connector_of(held.origin())) {
            Some(list) if is_new => list.add(held),
            _ => Err(held.into_origin()),
        }
    }

    /// The operations of a connector; `None` if there is no such connector.
    pub(crate) fn operations(&self, connector_arn: &str) -> Option<&List<ConnectorOperation>> {
        self.0.get(connector_arn)
    }

    /// The operation with this ARN: the list that it is in, and its place there.
    pub(crate) fn find(&self, operation_arn: &str) -> Option<(&List<ConnectorOperation>, usize)> {
        self.0
            .values()
            .find_map(|list| list.find(operation_arn).map(|place| (list, place)))
    }

    /// Changes the operation with this ARN; whether there is one.
    pub(crate) fn change(
        &mut self,
        operation_arn: &str,
        change: impl FnOnce(&mut Held<ConnectorOperation>),
    ) -> bool {
        self.0
            .values_mut()
            .find(|list| list.find(operation_arn).is_some())
            .is_some_and(|list| list.change(operation_arn, change))
    }

    pub(crate) fn arns(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// The connector that an operation belongs to: the example, unless it names another.
fn connector_of(operation: &ConnectorOperation) -> &str {
    operation
        .connector_arn
        .as_deref()
        .unwrap_or(EXAMPLE_CONNECTOR_ARN)
}
