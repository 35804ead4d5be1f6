//! AWS Cloud Map: `ListOperations` and `GetOperation`.

mod filter;
mod operation;

pub use filter::{
    Condition, DateFault, DateUnit, FILTER_RULES, Filter, FilterName, FilterRule, InvalidFilter,
    ParseFilterError, RawFilter, ShorthandError, UnknownTerm, VALUE_MAX_CHARS, ValueCount,
    ValueSyntax, Violation,
};
pub use operation::{
    Operation, OperationErrorCode, OperationStatus, OperationSummary, OperationTargetType,
    OperationType,
};
