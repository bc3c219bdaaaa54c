"""A real S3 server in a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bregma.store.s3 import Keys

KEYS = Keys("access-key-of-tests", "secret-key-of-tests-0123456789")
BUCKET = "lab-bucket"


@contextmanager
def run_s3_server(folder: Path, port: int) -> Iterator[str]:
    """Serve the folders below one as buckets; yields the address."""
    (folder / BUCKET).mkdir(parents=True)
    command = [sys.executable, "-m", "nanio", "serve", "--data-dir", str(folder)]
    environment = {**os.environ, "NANIO_ACCESS_KEY": KEYS.access, "NANIO_SECRET_KEY": KEYS.secret}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)], env=environment, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait()


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        try:
            httpx.get(address)
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("the S3 server did not start")
