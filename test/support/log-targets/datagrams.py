# SPDX-License-Identifier: Apache-2.0
"""Reads datagrams at a unix path; one that carries a file counts as that file's content. A line of JSON for each."""
import json
import os
import socket
import sys

reader = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
reader.bind(sys.argv[1])
print(json.dumps({"ready": True}), flush=True)
while True:
    data, descriptors, _, _ = socket.recv_fds(reader, 1 << 20, 1)
    for descriptor in descriptors:
        with os.fdopen(descriptor, "rb") as file:
            file.seek(0)
            data = file.read()
    said = {"data": data.decode("latin1"), "file": len(descriptors) > 0}
    print(json.dumps(said), flush=True)
