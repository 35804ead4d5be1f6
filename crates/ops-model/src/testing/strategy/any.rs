//! `any::<T>()`: the strategy of each type.

use proptest::arbitrary::{Arbitrary, StrategyFor, any};
use proptest::strategy::{BoxedStrategy, Strategy};

use super::*;
use crate::cloud_map::*;
use crate::kafka_connect::*;
use crate::testing::{BrokenFilter, BrokenRequest, Listing};
use crate::{
    BaseUrl, Checkpoint, EndpointParams, ErrorCode, Limits, OperationId, Origin, Page, PageSize,
    Region, ServiceError, Timestamp, Token,
};

macro_rules! any {
    ($($type:ty = $strategy:expr,)+) => {$(
        impl Arbitrary for $type {
            type Parameters = ();
            type Strategy = BoxedStrategy<Self>;

            fn arbitrary_with((): ()) -> BoxedStrategy<Self> {
                $strategy.boxed()
            }
        }
    )+};
}

any! {
    BaseUrl = base_url(),
    BrokenFilter = broken_filter(),
    BrokenRequest = broken_request(),
    Checkpoint = checkpoint(),
    EndpointParams = endpoint_params(),
    Limits = limits(),
    OperationId = id().prop_map(Self::from),
    Origin = origin(),
    PageSize = page_size(),
    Region = region(),
    ServiceError = service_error(),
    Timestamp = timestamp(),
    Token = token(),

    DateUnit = date_unit(),
    Filter = filter(),
    GetOperation = get_operation(),
    ListOperations = list_operations(),
    Operation = operation(),
    OperationSummary = operation_summary(),
    RawFilter = raw_filter(),

    ConnectorFilter = connector_filter(),
    ConnectorOperation = connector_operation(),
    ConnectorOperationSummary = connector_operation_summary(),
    DescribeConnectorOperation = describe_connector_operation(),
    ListConnectorOperations = list_connector_operations(),
    WorkerSetting = worker_setting(),

    ConnectorOperationState = open_enum(Self::KNOWN),
    ConnectorOperationStepState = open_enum(Self::KNOWN),
    ConnectorOperationStepType = open_enum(Self::KNOWN),
    ConnectorOperationType = open_enum(Self::KNOWN),
    ErrorCode = open_enum(Self::KNOWN),
    OperationErrorCode = open_enum(Self::KNOWN),
    OperationStatus = open_enum(Self::KNOWN),
    OperationTargetType = open_enum(Self::KNOWN),
    OperationType = open_enum(Self::KNOWN),
}

/// A page or a listing of any items.
macro_rules! any_of_items {
    ($($type:ident = $strategy:ident,)+) => {$(
        impl<T: Arbitrary + 'static> Arbitrary for $type<T>
        where
            StrategyFor<T>: 'static,
        {
            type Parameters = ();
            type Strategy = BoxedStrategy<Self>;

            fn arbitrary_with((): ()) -> BoxedStrategy<Self> {
                $strategy(any::<T>()).boxed()
            }
        }
    )+};
}

any_of_items! {
    Listing = listing,
    Page = page_with_bad_items,
}
