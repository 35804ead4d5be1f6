use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

use super::{account, date_unit, filter, id, open_enum, page_size, text, timestamp, token};
use crate::cloud_map::{
    GetOperation, ListOperations, Operation, OperationErrorCode, OperationStatus, OperationSummary,
    OperationTargetType, OperationType,
};

/// A request for a list, with and without each of its members; its filters are checked ones.
pub fn list_operations() -> impl Strategy<Value = ListOperations> {
    let members = (
        vec(filter(), 0..4),
        date_unit(),
        option::of(page_size()),
        option::of(token()),
    );
    members.prop_map(|(filters, unit, size, token)| {
        let mut call = filters
            .into_iter()
            .fold(ListOperations::new(), ListOperations::with_filter)
            .with_date_unit(unit);
        if let Some(size) = size {
            call = call.with_page_size(size);
        }
        match token {
            None => call,
            Some(token) => call.with_token(token.as_str()).expect("a short token"),
        }
    })
}

/// A request for an operation, with and without the owner's account.
pub fn get_operation() -> impl Strategy<Value = GetOperation> {
    (id(), option::of(account())).prop_map(|(id, account)| {
        let call = GetOperation::new(id).expect("1 to 255 characters");
        match account {
            None => call,
            Some(account) => call.with_owner_account(account).expect("12 digits"),
        }
    })
}

/// An operation as a list tells of it.
pub fn operation_summary() -> impl Strategy<Value = OperationSummary> {
    (id(), open_enum(OperationStatus::KNOWN))
        .prop_map(|(id, status)| OperationSummary::new(id, status))
}

/// An operation, with and without each of its members.
pub fn operation() -> impl Strategy<Value = Operation> {
    let members = (
        id(),
        open_enum(OperationStatus::KNOWN),
        option::of(open_enum(OperationType::KNOWN)),
        option::of(timestamp()),
        btree_map(open_enum(OperationTargetType::KNOWN), id(), 0..4),
        option::of(timestamp()),
        option::of(account()),
        option::of(open_enum(OperationErrorCode::KNOWN)),
        option::of(text()),
    );
    members.prop_map(
        |(
            id,
            status,
            operation_type,
            update_date,
            targets,
            create_date,
            owner_account,
            error_code,
            error_message,
        )| Operation {
            id: id.into(),
            owner_account,
            operation_type,
            status,
            error_message,
            error_code,
            create_date,
            update_date,
            targets,
        },
    )
}
