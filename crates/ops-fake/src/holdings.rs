use http::StatusCode;
use ops_model::cloud_map::{Filter, GetOperation, ListOperations, Operation, OperationSummary};
use ops_model::kafka_connect::{
    ConnectorOperation, ConnectorOperationSummary, DescribeConnectorOperation,
    ListConnectorOperations,
};
use ops_model::{Call, ErrorCode, Page, PageSize, PagedCall, Service, ServiceError, Token};

use crate::connectors::Connectors;
use crate::list::List;
use crate::token::{Lead, Tokens};

/// What the services hold, and their answers to the four calls.
pub(crate) struct Holdings {
    pub(crate) operations: List<Operation>,
    pub(crate) connectors: Connectors,
    tokens: Tokens,
}

impl Holdings {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            operations: List::new(),
            connectors: Connectors::new(),
            tokens: Tokens::new(seed),
        }
    }

    pub(crate) fn list_operations(
        &self,
        call: &ListOperations,
        lead: Lead,
    ) -> Result<Page<OperationSummary>, ServiceError> {
        let filters: Vec<&Filter> = call.checked_filters().collect();
        // Filters are ANDed, so their order is no part of the listing.
        let mut texts: Vec<String> = filters.iter().map(ToString::to_string).collect();
        texts.sort();
        let (operations, token) = self.page(
            self.operations.items(),
            call,
            &texts.join("\n"),
            call.page_size(),
            lead,
        )?;
        let kept = operations
            .iter()
            .filter(|operation| filters.iter().all(|filter| filter.matches(operation)));
        Ok(Page::new(
            kept.map(|operation| Ok(operation.summary())),
            token,
        ))
    }

    pub(crate) fn get_operation(&self, call: &GetOperation) -> Result<Operation, ServiceError> {
        let id = call.operation_id();
        let owned = |operation: &&Operation| match (&operation.owner_account, call.owner_account())
        {
            (Some(owner), Some(asked)) => owner == asked,
            _ => true,
        };
        self.operations
            .find(id)
            .filter(owned)
            .cloned()
            .ok_or_else(|| {
                let message = format!("there is no operation `{}`", id.escape_debug());
                ServiceError::new(StatusCode::NOT_FOUND, ErrorCode::OperationNotFound, message)
            })
    }

    pub(crate) fn list_connector_operations(
        &self,
        call: &ListConnectorOperations,
        lead: Lead,
    ) -> Result<Page<ConnectorOperationSummary>, ServiceError> {
        let arn = call.connector_arn();
        let places = self
            .connectors
            .places(arn)
            .ok_or_else(|| self.not_found("connector", arn))?;
        let (places, token) = self.page(places, call, arn, call.page_size(), lead)?;
        Ok(Page::new(
            places
                .iter()
                .map(|place| Ok(self.connectors.at(*place).summary())),
            token,
        ))
    }

    pub(crate) fn describe_connector_operation(
        &self,
        call: &DescribeConnectorOperation,
    ) -> Result<ConnectorOperation, ServiceError> {
        let arn = call.connector_operation_arn();
        self.connectors
            .find(arn)
            .cloned()
            .ok_or_else(|| self.not_found("connector operation", arn))
    }

    /// The part of a list that a call asks for, and its token.
    ///
    /// `selection` is what the call selects by, beside its name.
    fn page<'a, T, C: PagedCall>(
        &self,
        list: &'a [T],
        call: &C,
        selection: &str,
        size: Option<PageSize>,
        lead: Lead,
    ) -> Result<(&'a [T], Option<Token>), ServiceError> {
        let listing = format!("{}\n{selection}", C::NAME);
        let start = match call.token().filter(|token| !token.as_str().is_empty()) {
            None => 0,
            // A token leads to an operation, never behind the last one.
            Some(token) => self
                .tokens
                .read(&listing, token)
                .and_then(|start| usize::try_from(start).ok())
                .filter(|start| *start < list.len())
                .ok_or_else(|| foreign_token::<C>())?,
        };
        let rest = &list[start..];
        let size = size.unwrap_or(PageSize::MAX).get() as usize;
        let page = &rest[..size.min(rest.len())];
        let (start, size) = (start as u64, size as u64);
        let (next, nonce) = match lead {
            Lead::On => (start + page.len() as u64, 0),
            Lead::Back { pages } => ((start + size).saturating_sub(pages.saturating_mul(size)), 0),
            Lead::Again { nonce } => (start, nonce),
        };
        let token = (next < list.len() as u64).then(|| self.tokens.write(&listing, next, nonce));
        Ok((page, token))
    }

    fn not_found(&self, what: &str, arn: &str) -> ServiceError {
        const NAMED: usize = 3;
        let arns = self.connectors.arns();
        let more = if arns.len() > NAMED { ", …" } else { "" };
        let arns: Vec<&str> = arns.take(NAMED).collect();
        let held = match arns[..] {
            [] => "this fake holds no connector".to_owned(),
            [only] => format!("the only connector here is {only}"),
            _ => format!("the connectors here are {}{more}", arns.join(", ")),
        };
        let message = format!("there is no {what} `{}`; {held}", arn.escape_debug());
        ServiceError::new(StatusCode::NOT_FOUND, ErrorCode::NotFoundException, message)
    }
}

fn foreign_token<C: Call>() -> ServiceError {
    let (code, member, selection) = match C::SERVICE {
        Service::CloudMap => (ErrorCode::InvalidInput, "NextToken", "filters"),
        Service::KafkaConnect => (ErrorCode::BadRequestException, "nextToken", "connector"),
    };
    let message = format!(
        "the {member} is none that {} gave for this request; pass the latest page's {member} on unchanged, with the same \
         {selection}",
        C::NAME
    );
    ServiceError::new(StatusCode::BAD_REQUEST, code, message)
}
