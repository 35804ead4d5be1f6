use bytes::Bytes;

use super::{GetOperation, Input};
use crate::ServiceError;
use crate::cloud_map::Operation;
use crate::cloud_map::rpc_v2_cbor::CborCall;
use crate::protocol::cbor::{Data, Item};

impl CborCall for GetOperation {
    type Input = Input;

    fn input_body(&self) -> Bytes {
        let input = Data::structure([
            ("OperationId", Some(Data::Text(&self.operation_id))),
            ("OwnerAccount", self.owner_account().map(Data::Text)),
        ]);
        input.to_body()
    }

    fn read_input(input: Item<'_>) -> Result<Input, String> {
        let [operation_id, owner_account] = input.members(["OperationId", "OwnerAccount"])?;
        Ok(Input {
            operation_id: operation_id.optional(Item::text)?,
            owner_account: owner_account.optional(Item::text)?,
        })
    }

    fn from_input(input: Input) -> Result<Self, ServiceError> {
        Self::from_input(input)
    }

    fn output_body(operation: &Operation) -> Bytes {
        Data::structure([("Operation", Some(operation.to_data()))]).to_body()
    }

    fn read_output(output: Item<'_>) -> Result<Operation, String> {
        let [operation] = output.members(["Operation"])?;
        operation.required(Operation::of_item)
    }
}
