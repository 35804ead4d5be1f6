use std::time::Duration;

use ops_model::Timestamp;
use ops_model::cloud_map::{Operation, OperationStatus};
use ops_model::kafka_connect::{ConnectorOperation, ConnectorOperationState};

use crate::Life;
use crate::connectors::Connectors;
use crate::create::Ledger;
use crate::examples::Examples;
use crate::generate::Seeded;
use crate::holdings::Holdings;
use crate::life::{Held, Living};
use crate::list::List;
use crate::token::Tokens;

/// What a service holds when it begins, and again after each reset.
pub(crate) struct Blueprint {
    pub(crate) examples: bool,
    pub(crate) operations: Vec<(Operation, Life<OperationStatus>)>,
    pub(crate) connectors: Vec<String>,
    pub(crate) connector_operations: Vec<(ConnectorOperation, Life<ConnectorOperationState>)>,
    pub(crate) generated: u32,
    pub(crate) created_life: Option<Life<OperationStatus>>,
    pub(crate) updated_life: Option<Life<ConnectorOperationState>>,
    pub(crate) seed: u64,
    /// How long a listing's page tokens are good, from its first page.
    pub(crate) token_lifetime: Duration,
}

impl Blueprint {
    /// Nothing but the examples.
    pub(crate) const fn new() -> Self {
        Self {
            examples: true,
            operations: Vec::new(),
            connectors: Vec::new(),
            connector_operations: Vec::new(),
            generated: 0,
            created_life: None,
            updated_life: None,
            seed: 0,
            token_lifetime: Duration::from_secs(24 * 60 * 60),
        }
    }

    /// What is held by a service that begins at this time.
    pub(crate) fn holdings(&self, start: Timestamp) -> Holdings {
        let (mut operations, mut connector_operations) = (Vec::new(), Vec::new());
        if self.examples {
            let examples = Examples::pinned();
            operations.extend(examples.operations.into_iter().map(still));
            connector_operations.extend(examples.connector_operations.into_iter().map(still));
        }
        operations.extend(self.operations.iter().cloned());
        connector_operations.extend(self.connector_operations.iter().cloned());

        let seeded = Seeded {
            seed: self.seed,
            start,
        };
        Holdings {
            operations: List::new(held(operations, start), seeded, self.generated),
            connectors: Connectors::new(
                self.connectors.clone(),
                held(connector_operations, start),
                seeded,
                self.generated,
            ),
            tokens: Tokens::new(self.seed, self.token_lifetime),
            ledger: Ledger::new(self.seed),
        }
    }

    /// What becomes of an operation that a call of Cloud Map creates.
    pub(crate) fn created_life(&self) -> Life<OperationStatus> {
        self.created_life.clone().unwrap_or_else(|| {
            Life::new()
                .then(BEGINS, OperationStatus::Pending)
                .then(ENDS, OperationStatus::Success)
        })
    }

    /// What becomes of an operation that an update of a connector creates.
    pub(crate) fn updated_life(&self) -> Life<ConnectorOperationState> {
        self.updated_life.clone().unwrap_or_else(|| {
            Life::new()
                .then(BEGINS, ConnectorOperationState::UpdateInProgress)
                .then(ENDS, ConnectorOperationState::UpdateComplete)
        })
    }
}

/// When an operation that a call has created is begun, and when it is done.
const BEGINS: Duration = Duration::from_secs(1);
const ENDS: Duration = Duration::from_secs(5);

fn still<T, S>(operation: T) -> (T, Life<S>) {
    (operation, Life::new())
}

fn held<T: Living>(given: Vec<(T, Life<T::State>)>, start: Timestamp) -> Vec<Held<T>> {
    let held = given.into_iter();
    held.map(|(operation, life)| Held::new(operation, life, start))
        .collect()
}
