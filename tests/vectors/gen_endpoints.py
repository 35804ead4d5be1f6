"""endpoints.json: where botocore's endpoint rules send a service's requests, and AWS's partitions."""

import botocore.endpoint_provider
import botocore.exceptions

import offline

VARIANTS = {
    "plain": {"fips": False, "dualstack": False},
    "fips": {"fips": True, "dualstack": False},
    "dual": {"fips": False, "dualstack": True},
    "both": {"fips": True, "dualstack": True},
}
# service, region, the variants that have a row.
REGIONS = {
    "servicediscovery": {
        "us-east-1": "plain dual",
        "us-west-2": "plain fips dual",
        "eu-west-1": "fips both",
        "ap-northeast-1": "plain fips",
        "il-central-1": "plain fips dual both",
        "us-gov-west-1": "fips dual",
        "us-gov-east-1": "plain fips both",
        "cn-northwest-1": "plain fips dual both",
        "eusc-de-east-1": "plain both",
        "us-iso-east-1": "plain fips dual both",
        "us-iso-west-1": "plain fips dual both",
        "us-isob-east-1": "fips dual",
        "us-isob-west-1": "plain fips dual both",
        "eu-isoe-west-1": "plain both",
        "us-isof-south-1": "plain both",
        "us-isof-east-1": "both",
        "aws-global": "plain dual both",
        "aws-cn-global": "plain fips both",
        "us-newregion-9": "plain fips dual",
        "xx-unknown-1": "fips dual both",
        "mars": "plain both",
        "US-EAST-1": "dual both",
        "us east 1": "plain fips dual both",
        "": "plain fips dual",
    },
    "kafkaconnect": {
        "us-east-1": "plain",
        "us-west-2": "fips dual",
        "eu-west-1": "fips dual both",
        "ap-northeast-1": "fips",
        "il-central-1": "plain fips",
        "us-gov-west-1": "plain dual both",
        "us-gov-east-1": "plain dual",
        "cn-north-1": "plain dual both",
        "cn-northwest-1": "dual both",
        "eusc-de-east-1": "fips dual",
        "us-iso-east-1": "plain fips dual both",
        "us-iso-west-1": "fips dual both",
        "us-isob-east-1": "plain fips both",
        "us-isob-west-1": "dual both",
        "eu-isoe-west-1": "plain fips both",
        "us-isof-south-1": "plain fips dual both",
        "us-isof-east-1": "plain fips both",
        "aws-global": "plain fips",
        "aws-cn-global": "plain fips dual",
        "us-newregion-9": "fips dual both",
        "xx-unknown-1": "fips dual",
        "mars": "plain fips dual",
        "US-EAST-1": "fips dual both",
        "us east 1": "plain fips dual",
        "": "plain fips dual both",
    },
}
OVERRIDES = [
    "https://example.com",
    "http://localhost:4566",
    "https://example.com/prefix",
    "https://example.com:8443/a/b/",
    "not a url",
]
OVERRIDE_VARIANTS = {"servicediscovery": "plain dual", "kafkaconnect": "plain"}


def rules(service):
    loader = offline.loader("json" if service == "servicediscovery" else "rest-json")
    return botocore.endpoint_provider.EndpointProvider(
        loader.load_service_model(service, "endpoint-rule-set-1"), loader.load_data("partitions")
    )


def rows(service):
    provider = rules(service)
    cases = [(region, None, variants) for region, variants in REGIONS[service].items()]
    cases += [("us-east-1", url, OVERRIDE_VARIANTS[service]) for url in OVERRIDES]
    for region, override, variants in cases:
        for variant in variants.split():
            yield row(provider, service, region, override, VARIANTS[variant])


def row(provider, service, region, override, variant):
    made = {"service": service, "region": region, **variant, "endpoint_override": override}
    params = {"Region": region, "UseFIPS": variant["fips"], "UseDualStack": variant["dualstack"]}
    if override:
        params["Endpoint"] = override
    try:
        return made | {"url": provider.resolve_endpoint(**params).url}
    except botocore.exceptions.EndpointProviderError as error:
        return made | {"error": str(error)}


def partition(data):
    outputs = data["outputs"]
    return {
        "id": data["id"],
        "region_regex": data["regionRegex"],
        "regions": sorted(data["regions"]),
        "dns_suffix": outputs["dnsSuffix"],
        "dualstack_dns_suffix": outputs["dualStackDnsSuffix"],
        "supports_fips": outputs["supportsFIPS"],
        "supports_dualstack": outputs["supportsDualStack"],
        "implicit_global_region": outputs["implicitGlobalRegion"],
    }


def generate():
    partitions = offline.loader("json").load_data("partitions")["partitions"]
    return {
        "generator": f"gen_endpoints.py, botocore {offline.VERSION}",
        "partitions": [partition(data) for data in partitions],
        "rows": [row for service in REGIONS for row in rows(service)],
    }
