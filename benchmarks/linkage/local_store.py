"""A local server that speaks S3, as an object store for tests and measurements."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from unittest import mock

import boto3
import fsspec
from moto.server import ThreadedMotoServer

REGION: Final = "eu-west-2"


@contextmanager
def s3_server(bucket: str, *, secret: str = "s") -> Iterator[str]:  # noqa: S107 - of no store
    """A server with an empty bucket, named in the environment while it runs; gives its address.

    Stores that fsspec has opened are forgotten before and after: it keeps them with the address of
    the server that they were opened on, which may have ended since.
    """
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    named = {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "k",
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_DEFAULT_REGION": REGION,
    }
    try:
        with mock.patch.dict(os.environ, named):
            fsspec.get_filesystem_class("s3").clear_instance_cache()
            boto3.client("s3").create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
            )
            yield address
    finally:
        fsspec.get_filesystem_class("s3").clear_instance_cache()
        server.stop()
