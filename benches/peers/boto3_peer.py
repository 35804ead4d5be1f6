"""boto3's paginators: `boto3_peer.py URL [CONNECTOR_ARN]`, as the programs beside it."""

import sys
import time

import boto3

REGION = "us-east-1"
KEY = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}


def pages(url, arn=None):
    if arn is None:
        client = boto3.client("servicediscovery", endpoint_url=url, region_name=REGION, **KEY)
        return "Operations", client.get_paginator("list_operations").paginate()
    client = boto3.client("kafkaconnect", endpoint_url=url, region_name=REGION, **KEY)
    return "connectorOperations", client.get_paginator("list_connector_operations").paginate(connectorArn=arn)


def main(*arguments):
    start = time.monotonic_ns()
    count = 0
    member, listing = pages(*arguments)
    for page in listing:
        for _ in page[member]:
            count += 1
    print(count, (time.monotonic_ns() - start) // 1000)


if __name__ == "__main__":
    main(*sys.argv[1:])
