"""`ops` against moto, with boto3 as the oracle of what moto holds.

moto ignores filters, page sizes and tokens: none of them is asked for here.
"""

import sys

from harness import REGION, client, from_boto3, server


def run(checks, ops):
    environment = {**ops.environment, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with server(command, environment, r"http://127\.0\.0\.1:\d+") as url:
        boto = client("servicediscovery", url)
        here = ("--endpoint-url", url)
        checks.equal("nothing yet", ops.json("cloud-map", "list", *here), {"Operations": []})

        created = [boto.create_http_namespace(Name=f"http-{index}")["OperationId"] for index in range(4)]
        created.append(boto.create_private_dns_namespace(Name="private.example", Vpc="vpc-1")["OperationId"])
        created.append(boto.create_public_dns_namespace(Name="public.example")["OperationId"])
        namespace = from_boto3(boto.get_operation(OperationId=created[0]))["Operation"]["Targets"]["NAMESPACE"]
        service = boto.create_service(Name="web", NamespaceId=namespace)["Service"]["Id"]
        changed = boto.update_service(Id=service, Service={"Description": "changed"})
        created.append(changed["OperationId"])

        listed = from_boto3(boto.list_operations())["Operations"]
        checks.true("moto holds what was created", {item["Id"] for item in listed} >= set(created[:6]))
        for transport in ("hyper", "ureq"):
            over = ("--transport", transport)
            checks.equal(f"list over {transport}", ops.json("cloud-map", "list", *here, *over), {"Operations": listed})
            for item in listed:
                expected = from_boto3(boto.get_operation(OperationId=item["Id"]))
                printed = ops.json("cloud-map", "get", item["Id"], *here, *over)
                # moto sends more digits than the milliseconds that AWS keeps.
                for operation in (expected["Operation"], printed["Operation"]):
                    for name in ("CreateDate", "UpdateDate"):
                        checks.true(f"{name} is a time of this century", operation[name] > 946_684_800_000)
                for name in ("CreateDate", "UpdateDate"):
                    difference = abs(expected["Operation"].pop(name) - printed["Operation"].pop(name))
                    checks.true(f"{name} of {item['Id']}", difference <= 1)
                checks.equal(f"get {item['Id']} over {transport}", printed, expected)

        # moto keeps its regions apart by the scope of the signature.
        elsewhere = ops.json("cloud-map", "list", *here, "--region", f"{REGION[:-1]}2")
        checks.equal("another region is empty", elsewhere, {"Operations": []})
        missing = ops.run("cloud-map", "get", "nobody", *here)
        checks.equal("an unknown id", missing.returncode, 1)
        checks.true("an unknown id: its code", "OperationNotFound" in missing.stderr)
        # It answers calls of services that it does not play with something else than JSON errors.
        foreign = ops.run("kafka-connect", "describe", "arn", *here, "--max-attempts", "1")
        checks.equal("a service that moto does not play", (foreign.returncode, foreign.stdout), (1, ""))
