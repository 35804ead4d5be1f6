use std::collections::BTreeMap;

use super::{Operation, OperationErrorCode, OperationTargetType, OperationType};
use crate::protocol::cbor::{Data, Item};

impl Operation {
    pub(in crate::cloud_map) fn to_data(&self) -> Data<'_> {
        let operation_type = self.operation_type.as_ref().map(OperationType::as_str);
        let error_code = self.error_code.as_ref().map(OperationErrorCode::as_str);
        let targets = self.targets.iter();
        let targets = targets.map(|(target, id)| (target.as_str(), Data::Text(id)));
        Data::structure([
            ("Id", Some(Data::Text(&self.id))),
            (
                "OwnerAccount",
                self.owner_account.as_deref().map(Data::Text),
            ),
            ("Type", operation_type.map(Data::Text)),
            ("Status", Some(Data::Text(self.status.as_str()))),
            (
                "ErrorMessage",
                self.error_message.as_deref().map(Data::Text),
            ),
            ("ErrorCode", error_code.map(Data::Text)),
            ("CreateDate", self.create_date.map(Data::Date)),
            ("UpdateDate", self.update_date.map(Data::Date)),
            (
                "Targets",
                (!self.targets.is_empty()).then(|| Data::Map(targets.collect())),
            ),
        ])
    }

    pub(in crate::cloud_map) fn of_item(item: Item<'_>) -> Result<Self, String> {
        let [
            id,
            owner_account,
            operation_type,
            status,
            error_message,
            error_code,
            create_date,
            update_date,
            targets,
        ] = item.members([
            "Id",
            "OwnerAccount",
            "Type",
            "Status",
            "ErrorMessage",
            "ErrorCode",
            "CreateDate",
            "UpdateDate",
            "Targets",
        ])?;
        Ok(Self {
            id: id.required(Item::text)?.into(),
            owner_account: owner_account.optional(Item::text)?,
            operation_type: operation_type.optional(Item::term)?,
            status: status.required(Item::term)?,
            error_message: error_message.optional(Item::text)?,
            error_code: error_code.optional(Item::term)?,
            create_date: create_date.optional(Item::timestamp)?,
            update_date: update_date.optional(Item::timestamp)?,
            targets: targets.optional(read_targets)?.unwrap_or_default(),
        })
    }
}

fn read_targets(item: Item<'_>) -> Result<BTreeMap<OperationTargetType, String>, String> {
    let mut targets = BTreeMap::new();
    item.entries(|target, id| {
        targets.insert(target.term()?, id.text()?);
        Ok(())
    })?;
    Ok(targets)
}
