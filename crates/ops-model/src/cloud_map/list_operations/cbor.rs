use bytes::Bytes;

use super::{Input, ListOperations};
use crate::cloud_map::rpc_v2_cbor::CborCall;
use crate::cloud_map::{OperationSummary, RawFilter};
use crate::protocol::cbor::{Data, Item};
use crate::{BadItem, Page, ServiceError, Token};

impl CborCall for ListOperations {
    type Input = Input;

    fn input_body(&self) -> Bytes {
        let page_size = self.page_size.map(|size| size.get().into());
        let token = self.token.as_ref().map(Token::as_str);
        let filters = self.filters();
        let filters: Vec<_> = filters.iter().map(RawFilter::to_data).collect();
        let input = Data::structure([
            ("MaxResults", page_size.map(Data::Integer)),
            ("NextToken", token.map(Data::Text)),
            (
                "Filters",
                (!filters.is_empty()).then_some(Data::List(filters)),
            ),
        ]);
        input.to_body()
    }

    fn read_input(input: Item<'_>) -> Result<Input, String> {
        let [max_results, next_token, filters] =
            input.members(["MaxResults", "NextToken", "Filters"])?;
        Ok(Input {
            max_results: max_results.optional(Item::integer)?,
            next_token: next_token.optional(Item::text)?.map(Token::new),
            filters: filters
                .optional(|list| list.list()?.into_iter().map(RawFilter::of_item).collect())?,
        })
    }

    fn from_input(input: Input) -> Result<Self, ServiceError> {
        Self::from_input(input)
    }

    fn output_body(page: &Page<OperationSummary>) -> Bytes {
        let next_token = page.next_token().map(Token::as_str);
        let output = Data::structure([
            (
                "Operations",
                Some(Data::List(
                    page.items().map(OperationSummary::to_data).collect(),
                )),
            ),
            ("NextToken", next_token.map(Data::Text)),
        ]);
        output.to_body()
    }

    fn read_output(output: Item<'_>) -> Result<Page<OperationSummary>, String> {
        let [operations, next_token] = output.members(["Operations", "NextToken"])?;
        let operations = operations.optional(Item::list)?.unwrap_or_default();
        let next_token = next_token.optional(Item::text)?.map(Token::new);
        let items = operations.into_iter().enumerate().map(|(index, item)| {
            OperationSummary::of_item(item)
                .map_err(|reason| BadItem::new(index, readable_id(item), reason))
        });
        Ok(Page::new(items, next_token))
    }
}

impl RawFilter {
    fn to_data(&self) -> Data<'_> {
        let values = self.values.iter().map(|value| Data::Text(value)).collect();
        Data::structure([
            ("Name", Some(Data::Text(&self.name))),
            ("Values", Some(Data::List(values))),
            ("Condition", self.condition.as_deref().map(Data::Text)),
        ])
    }

    fn of_item(item: Item<'_>) -> Result<Self, String> {
        let [name, values, condition] = item.members(["Name", "Values", "Condition"])?;
        Ok(Self {
            name: name.required(Item::text)?,
            values: values.required(|list| list.list()?.into_iter().map(Item::text).collect())?,
            condition: condition.optional(Item::text)?,
        })
    }
}

impl OperationSummary {
    fn to_data(&self) -> Data<'_> {
        Data::structure([
            ("Id", Some(Data::Text(&self.id))),
            ("Status", Some(Data::Text(self.status.as_str()))),
        ])
    }

    fn of_item(item: Item<'_>) -> Result<Self, String> {
        let [id, status] = item.members(["Id", "Status"])?;
        Ok(Self {
            id: id.required(Item::text)?.into(),
            status: status.required(Item::term)?,
        })
    }
}

fn readable_id(item: Item<'_>) -> Option<String> {
    let [id] = item.members(["Id"]).ok()?;
    id.optional(Item::text).ok()?
}
