#!/usr/bin/env python3
"""Sends the same requests to two servers and holds the answers against each other: status, fields and body.

    compare.py NAME BEFORE-URL AFTER-URL

NAME is a file of `requests/` without its ending: JSON, a list of requests, each with `method`, `target`, `headers` (an object),
`body` (text), `size` (a body of so many bytes instead) and `chunked`, all but `target` optional. What is not HTTP is sent to
every server besides. Exits with 1 where an answer differs, and where no answer is a success."""

import http.client
import json
import pathlib
import socket
import sys
from urllib.parse import urlsplit

# What tells one request from another, or when it was answered.
OF_THE_MOMENT = {"date", "x-request-id", "traceparent"}
PATIENCE = 300


def body_of(request):
    if "size" in request:
        # No byte is the same as the one before, so that a lost or doubled one shows.
        pattern = bytes(range(251))
        return (pattern * (request["size"] // len(pattern) + 1))[: request["size"]]
    return request["body"].encode() if "body" in request else None


def ask(url, request):
    """What a server answers: status, fields, body."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    body = body_of(request)
    if request.get("chunked"):
        body = [body[start : start + 5000] for start in range(0, len(body), 5000)]
    try:
        connection.request(
            request.get("method", "GET"),
            request["target"],
            body=body,
            headers=request.get("headers", {}),
            encode_chunked=bool(request.get("chunked")),
        )
        response = connection.getresponse()
        fields = sorted((name.lower(), value) for name, value in response.getheaders())
        identity = response.getheader("x-request-id")
        try:
            content = response.read()
        except http.client.IncompleteRead as error:
            content = b"cut short: " + error.partial
    finally:
        connection.close()
    if identity:
        # Problems name the request.
        content = content.replace(identity.encode(), b"(the request)")
    fields = [(name, value) for name, value in fields if name not in OF_THE_MOMENT]
    return response.status, fields, content


NO_HTTP = [
    b"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nshort",
    b"POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    b"nonsense\r\n\r\n",
    b"GET / HTTP/1.1\r\nhost: a\r\nx: \x00\r\n\r\n",
]


def send(url, content):
    """The status line for bytes, whose sender has no more to say."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as connection:
        connection.sendall(content)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while b"\n" not in answer and (more := connection.recv(4096)):
            answer += more
    return answer.split(b"\r\n")[0]


def main():
    name, before, after = sys.argv[1:]
    requests = json.loads((pathlib.Path(__file__).parent / "requests" / f"{name}.json").read_text())
    differences, statuses = [], {}
    for request in requests:
        answers = [ask(url, request) for url in (before, after)]
        statuses[answers[0][0]] = statuses.get(answers[0][0], 0) + 1
        if answers[0] != answers[1]:
            differences.append((request, answers))
    for content in NO_HTTP:
        answers = [send(url, content) for url in (before, after)]
        if answers[0] != answers[1]:
            differences.append((content, answers))
    for what, (first, second) in differences:
        print(f"{name}: {what}\n  before: {str(first)[:2000]}\n  after:  {str(second)[:2000]}", file=sys.stderr)
    if differences or 200 not in statuses:
        sys.exit(f"{name}: {len(differences)} answers differ, of {statuses}")
    told = ", ".join(f"{count} times {status}" for status, count in sorted(statuses.items()))
    print(f"corpus: {name}: {len(requests)} answers as before ({told})")


main()
