//! The official SDK: its paginators, which give pages.

use aws_sdk_kafkaconnect as kafkaconnect;
use aws_sdk_servicediscovery as servicediscovery;
use ops_peers::{KEY, List, Outcome, REGION, Task};

fn main() -> Outcome {
    Task::run_async(list)
}

async fn list(task: Task) -> Outcome<u64> {
    match task.list {
        List::CloudMap => cloud_map(task.url).await,
        List::KafkaConnect(arn) => connector(task.url, arn).await,
    }
}

async fn cloud_map(url: String) -> Outcome<u64> {
    use servicediscovery::config::{BehaviorVersion, Config, Credentials, Region};
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(url)
        .credentials_provider(Credentials::new(KEY.0, KEY.1, None, None, "static"))
        .build();
    let client = servicediscovery::Client::from_conf(config);
    let mut count = 0;
    let mut pages = client.list_operations().into_paginator().send();
    while let Some(page) = pages.next().await {
        for operation in page?.operations.unwrap_or_default() {
            std::hint::black_box(operation);
            count += 1;
        }
    }
    Ok(count)
}

async fn connector(url: String, arn: String) -> Outcome<u64> {
    use kafkaconnect::config::{BehaviorVersion, Config, Credentials, Region};
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(url)
        .credentials_provider(Credentials::new(KEY.0, KEY.1, None, None, "static"))
        .build();
    let client = kafkaconnect::Client::from_conf(config);
    let call = client.list_connector_operations().connector_arn(arn);
    let mut count = 0;
    let mut pages = call.into_paginator().send();
    while let Some(page) = pages.next().await {
        for operation in page?.connector_operations.unwrap_or_default() {
            std::hint::black_box(operation);
            count += 1;
        }
    }
    Ok(count)
}
