//! AWS Cloud Map: `ListOperations` and `GetOperation`.

mod filter;
mod get_operation;
mod list_operations;
mod operation;
#[cfg(feature = "cbor")]
mod rpc_v2_cbor;

pub use filter::{
    Condition, DateFault, DateUnit, FILTER_RULES, Filter, FilterName, FilterRule, InvalidFilter,
    ParseFilterError, RawFilter, ShorthandError, UnknownTerm, VALUE_MAX_CHARS, ValueCount,
    ValueSyntax, Violation,
};
pub use get_operation::GetOperation;
pub use list_operations::ListOperations;
pub use operation::{
    Operation, OperationErrorCode, OperationStatus, OperationSummary, OperationTargetType,
    OperationType,
};
#[cfg(feature = "cbor")]
pub use rpc_v2_cbor::RpcV2Cbor;
