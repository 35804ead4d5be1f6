"""botocore without a network: fixed credentials, a frozen clock, and a hook where the HTTP session would be."""

import datetime
import functools
import io
import os
import socket

import botocore
import botocore.auth
import botocore.loaders
import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.config import Config

VERSION = "1.44.5"

CREDENTIALS = {
    "static": {
        "access_key_id": "AKIDEXAMPLE",
        "secret_access_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    },
    "session": {
        "access_key_id": "ASIAEXAMPLETEMP00000",
        "secret_access_key": "tEmP/SeCrEt+KeY/ExAmPlE0123456789abcdEFG",
        "session_token": "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJGMEQCIH+abc/def==",
    },
}


def isolate():
    """Checks the version, and keeps the machine's own configuration and the network out of the vectors."""
    if botocore.__version__ != VERSION:
        raise SystemExit(f"botocore {VERSION} is needed, {botocore.__version__} is installed")
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull

    def refuse(*_):
        raise RuntimeError("the vectors are made without a network")

    socket.socket.connect = refuse


def freeze(time):
    """Makes every later signature one of this time: `2026-08-30T12:36:00Z`."""
    now = datetime.datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ")
    botocore.auth.get_current_datetime = lambda remove_tzinfo=True: now


class OneProtocol(botocore.loaders.Loader):
    """Loads botocore's own service models, as if each had this one protocol."""

    def __init__(self, protocol):
        super().__init__([self.BUILTIN_DATA_PATH], include_default_search_paths=False)
        self.protocol = protocol

    def load_service_model(self, service_name, type_name, api_version=None):
        model = super().load_service_model(service_name, type_name, api_version)
        if type_name != "service-2":
            return model
        assert self.protocol in model["metadata"]["protocols"], (service_name, self.protocol)
        return dict(model, metadata=dict(model["metadata"], protocols=[self.protocol]))


@functools.cache
def loader(protocol):
    return OneProtocol(protocol)


@functools.cache
def client(service, protocol, region="us-east-1", credentials="static", endpoint_url=None, attempts=3, **config):
    """A client of this configuration."""
    session = botocore.session.Session()
    session.register_component("data_loader", loader(protocol))
    keys = CREDENTIALS[credentials]
    return session.create_client(
        service,
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id=keys["access_key_id"],
        aws_secret_access_key=keys["secret_access_key"],
        aws_session_token=keys.get("session_token"),
        config=Config(retries={"mode": "standard", "total_max_attempts": attempts}, **config),
    )


def call(client, operation, input, answer):
    """Calls an operation; `answer` takes the signed request and returns status, headers and body."""

    def send(request, **_):
        status, headers, body = answer(request)
        return AWSResponse(request.url, status, headers, Raw(body))

    client.meta.events.register_last("before-send", send, unique_id="offline")
    try:
        return client._make_api_call(operation, input)
    finally:
        client.meta.events.unregister("before-send", unique_id="offline")


class Raw(io.BytesIO):
    """The part of a urllib3 response that botocore reads."""

    def stream(self, *_, **__):
        yield self.read()
