//! AWS Cloud Map: `ListOperations` and `GetOperation`.

mod filter;
mod operation;

pub use operation::{
    Operation, OperationErrorCode, OperationStatus, OperationSummary, OperationTargetType,
    OperationType,
};
