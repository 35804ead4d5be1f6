use std::ops::Range;

use http::StatusCode;
use ops_model::cloud_map::{Filter, GetOperation, ListOperations, Operation, OperationSummary};
use ops_model::kafka_connect::{
    ConnectorOperation, ConnectorOperationSummary, DescribeConnectorOperation,
    ListConnectorOperations,
};
use ops_model::{
    Call, ErrorCode, Page, PageSize, PagedCall, Service, ServiceError, Timestamp, Token,
};

use crate::connectors::Connectors;
use crate::create::Ledger;
use crate::list::List;
use crate::token::{Lead, Tokens};

/// Who asks for a page, when, and where its token is to lead.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) account: u64,
    pub(crate) now: Timestamp,
    pub(crate) lead: Lead,
}

/// What the services hold, and their answers to the four calls at a time.
pub(crate) struct Holdings {
    pub(crate) operations: List<Operation>,
    pub(crate) connectors: Connectors,
    pub(crate) tokens: Tokens,
    pub(crate) ledger: Ledger,
}

impl Holdings {
    pub(crate) fn list_operations(
        &self,
        call: &ListOperations,
        asked: Asked,
    ) -> Result<Page<OperationSummary>, ServiceError> {
        let filters: Vec<&Filter> = call.checked_filters().collect();
        // Filters are ANDed, so their order is no part of the listing.
        let mut texts: Vec<String> = filters.iter().map(ToString::to_string).collect();
        texts.sort();
        let (places, token) = self.page(
            self.operations.len(),
            call,
            &texts.join("\n"),
            call.page_size(),
            asked,
        )?;
        let kept = places
            .map(|place| self.operations.at(place, asked.now))
            .filter(|operation| filters.iter().all(|filter| filter.matches(operation)));
        Ok(Page::new(
            kept.map(|operation| Ok(operation.summary())),
            token,
        ))
    }

    pub(crate) fn get_operation(
        &self,
        call: &GetOperation,
        now: Timestamp,
    ) -> Result<Operation, ServiceError> {
        let id = call.operation_id();
        let owned = |operation: &Operation| match (&operation.owner_account, call.owner_account()) {
            (Some(owner), Some(asked)) => owner == asked,
            _ => true,
        };
        self.operations
            .find(id)
            .map(|place| self.operations.at(place, now).into_owned())
            .filter(owned)
            .ok_or_else(|| {
                let message = format!("there is no operation `{}`", id.escape_debug());
                ServiceError::new(StatusCode::NOT_FOUND, ErrorCode::OperationNotFound, message)
            })
    }

    pub(crate) fn list_connector_operations(
        &self,
        call: &ListConnectorOperations,
        asked: Asked,
    ) -> Result<Page<ConnectorOperationSummary>, ServiceError> {
        let arn = call.connector_arn();
        let operations = self
            .connectors
            .operations(arn)
            .ok_or_else(|| self.not_found("connector", arn))?;
        let (places, token) = self.page(operations.len(), call, arn, call.page_size(), asked)?;
        Ok(Page::new(
            places.map(|place| Ok(operations.at(place, asked.now).summary())),
            token,
        ))
    }

    pub(crate) fn describe_connector_operation(
        &self,
        call: &DescribeConnectorOperation,
        now: Timestamp,
    ) -> Result<ConnectorOperation, ServiceError> {
        let arn = call.connector_operation_arn();
        self.connectors
            .find(arn)
            .map(|(operations, place)| operations.at(place, now).into_owned())
            .ok_or_else(|| self.not_found("connector operation", arn))
    }

    /// The places of a list that a call asks for, and the page's token.
    ///
    /// `selection` is what the call selects by, beside its name.
    fn page<C: PagedCall>(
        &self,
        length: usize,
        call: &C,
        selection: &str,
        size: Option<PageSize>,
        asked: Asked,
    ) -> Result<(Range<usize>, Option<Token>), ServiceError> {
        let listing = format!("{}\n{}\n{selection}", C::NAME, asked.account);
        let (start, begun) = match call.token().filter(|token| !token.as_str().is_empty()) {
            None => (0, asked.now),
            // A token leads to an operation, never behind the last one.
            Some(token) => self
                .tokens
                .read(&listing, token, asked.now)
                .and_then(|(start, issued)| Some((usize::try_from(start).ok()?, issued)))
                .filter(|(start, _)| *start < length)
                .ok_or_else(|| foreign_token::<C>())?,
        };
        let size = size.unwrap_or(PageSize::MAX).get() as usize;
        let end = length.min(start + size);
        let (first, size) = (start as u64, size as u64);
        let (next, nonce) = match asked.lead {
            Lead::On => (end as u64, 0),
            Lead::Back { pages } => ((first + size).saturating_sub(pages.saturating_mul(size)), 0),
            Lead::Again { nonce } => (first, nonce),
        };
        let token = (next < length as u64).then(|| self.tokens.write(&listing, next, nonce, begun));
        Ok((start..end, token))
    }

    pub(crate) fn not_found(&self, what: &str, arn: &str) -> ServiceError {
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
