//! The list by every way, held against plain loops over the rows.

use std::fmt::Debug;

use ops_model::cloud_map::{ListOperations, RpcV2Cbor};
use ops_model::kafka_connect::ListConnectorOperations;
use ops_model::{PageSize, PagedCall};

use crate::Ways;
use crate::rows::{ARN, Row, Selection, cloud_map_selections, connector_selections, row, service};

/// The page sizes for a list of this length: small pages only where they are not thousands.
fn page_sizes(count: usize, name: &str) -> &'static [Option<u32>] {
    match (count, name) {
        (..=101, _) => &[None, Some(1), Some(7), Some(100)],
        (_, "status and updated") => &[None, Some(7)],
        _ => &[None],
    }
}

const COUNTS: [usize; 5] = [0, 1, 100, 101, 10_000];

/// Lists by each way and by each page size, and holds the lists against the rows.
fn check<C>(
    rows: &[Row],
    ways: &Ways,
    name: &str,
    call: impl Fn(Option<PageSize>) -> C,
    status: fn(&C::Item) -> &str,
    expected: &[(String, String)],
) where
    C: PagedCall<Item: Debug> + Clone,
{
    for &size in page_sizes(rows.len(), name) {
        let call = call(size.map(|size| PageSize::new(i64::from(size)).unwrap()));
        for (way, listed) in ways.lists(&call, status) {
            let case = format!(
                "{} of {} operations, {name}, by {size:?}, {way}",
                C::NAME,
                rows.len()
            );
            assert!(listed.items == expected, "{case}: {listed:?}");
            // There is a page even if there is no operation.
            let pages = rows.len().div_ceil(size.unwrap_or(100) as usize).max(1);
            assert_eq!(listed.pages, pages as u64, "{case}");
        }
    }
}

#[test]
fn every_way_gives_the_same_list_of_cloud_map() {
    for count in COUNTS {
        let rows: Vec<Row> = (0..count).map(row).collect();
        let ways = Ways::to(service(&rows));
        for Selection {
            name,
            filter,
            keeps,
        } in cloud_map_selections()
        {
            let mut expected = Vec::new();
            for row in &rows {
                if keeps(row) {
                    expected.push((row.id.clone(), row.status.to_owned()));
                }
            }
            let call = |size| {
                let mut call = ListOperations::new();
                for filter in &filter {
                    call = call.with_filter(filter.clone());
                }
                match size {
                    Some(size) => call.with_page_size(size),
                    None => call,
                }
            };
            check(
                &rows,
                &ways,
                name,
                call,
                |item| item.status.as_str(),
                &expected,
            );
            // The thousands tell of paging, which is the same over either protocol.
            if count <= 101 {
                check(
                    &rows,
                    &ways,
                    &format!("{name}, over rpcv2Cbor"),
                    |size| RpcV2Cbor(call(size)),
                    |item| item.status.as_str(),
                    &expected,
                );
            }
        }
    }
}

#[test]
fn every_way_gives_the_same_list_of_msk_connect() {
    for count in COUNTS {
        let rows: Vec<Row> = (0..count).map(row).collect();
        let ways = Ways::to(service(&rows));
        for Selection {
            name,
            filter,
            keeps,
        } in connector_selections()
        {
            let mut expected = Vec::new();
            for row in &rows {
                if keeps(row) {
                    expected.push((row.arn.clone(), row.state.to_owned()));
                }
            }
            let call = |size| {
                let call = ListConnectorOperations::new(ARN)
                    .unwrap()
                    .with_filter(filter.clone());
                match size {
                    Some(size) => call.with_page_size(size),
                    None => call,
                }
            };
            check(
                &rows,
                &ways,
                name,
                call,
                |item| item.connector_operation_state.as_str(),
                &expected,
            );
        }
    }
}
