"""A handler as componentize-py has them: the world `wasi:http/proxy` by the generated bindings alone, and enough of the language
and its library that a change in how the interpreter behaves would show."""

import hashlib
import json
import re
from collections import Counter
from decimal import Decimal, getcontext
from fractions import Fraction
from urllib.parse import parse_qs, urlsplit

from componentize_py_types import Err, Ok
from wit_world.exports import IncomingHandler as Handler
from wit_world.imports.streams import StreamError_Closed
from wit_world.imports.types import (
    Fields,
    IncomingBody,
    IncomingRequest,
    OutgoingBody,
    OutgoingResponse,
    ResponseOutparam,
)


class IncomingHandler(Handler):
    def handle(self, request: IncomingRequest, response_out: ResponseOutparam) -> None:
        url = urlsplit(request.path_with_query() or "/")
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        route = ROUTES.get(url.path)
        if route is None:
            respond(response_out, 404, [("content-type", b"text/plain")], [f"nothing at {url.path}\n".encode()])
        else:
            respond(response_out, *route(request, query))


def respond(response_out, status, headers, chunks):
    """Sends what `chunks` yields as it comes."""
    response = OutgoingResponse(Fields.from_list(headers))
    response.set_status_code(status)
    body = response.body()
    ResponseOutparam.set(response_out, Ok(response))
    with body.write() as stream:
        for chunk in chunks:
            for start in range(0, len(chunk), 4096):
                stream.blocking_write_and_flush(chunk[start : start + 4096])
    OutgoingBody.finish(body, None)


def read(request):
    """The body as a whole."""
    chunks = []
    body = request.consume()
    with body.stream() as stream:
        while True:
            try:
                chunks.append(stream.blocking_read(64 * 1024))
            except Err as error:
                if isinstance(error.value, StreamError_Closed):
                    break
                raise
    IncomingBody.finish(body)
    return b"".join(chunks)


def hello(request, query):
    return 200, [], [b"hello from Python\n"]


def echo(request, query):
    body = read(request)
    headers = [("x-method", type(request.method()).__name__.encode()), ("x-length", str(len(body)).encode())]
    for name, value in request.headers().entries():
        if name.startswith("x-in-"):
            headers.append((name.replace("x-in-", "x-out-"), value))
    return 200, headers, [body]


def stream(request, query):
    count = int(query.get("count", "5"))
    return 200, [("content-type", b"text/plain")], (f"chunk {n} {'-' * (n % 977)}\n".encode() for n in range(1, count + 1))


def rewrite(request, query):
    value = json.loads(read(request))
    return 200, [("content-type", b"application/json")], [json.dumps(value, sort_keys=True, indent=1).encode()]


def compute(request, query):
    """Integers, fractions, decimals, floats, digests, expressions, counting: each leaves something in the result."""
    rounds = int(query.get("rounds", "500"))
    state, numbers = 0x9E3779B9, []
    for _ in range(rounds):
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        numbers.append(state)
    words = " ".join(map(hex, numbers))
    getcontext().prec = 60
    result = {
        "sum": sum(numbers),
        "product": str(pow(numbers[0], 97, 2**521 - 1)),
        "fraction": str(sum((Fraction(1, n % 97 + 1) for n in numbers[:40]), Fraction())),
        "decimal": str(Decimal(numbers[1]).sqrt() / Decimal(7)),
        "float": repr(sum((n % 1000) ** 0.5 for n in numbers)),
        "digest": hashlib.sha256(words.encode()).hexdigest(),
        "letters": Counter(re.findall("[a-f]", words)).most_common(),
        "sorted": sorted(numbers)[:5],
        "text": "ﬁǅ𝒳é".casefold().title(),
    }
    return 200, [("content-type", b"application/json")], [json.dumps(result).encode()]


def fail(request, query):
    raise ValueError("on purpose")


def deep(request, query):
    def down(n):
        return down(n + 1) + 1

    try:
        return 200, [], [str(down(0)).encode()]
    except RecursionError as error:
        return 500, [], [type(error).__name__.encode()]


ROUTES = {
    "/": hello,
    "/echo": echo,
    "/stream": stream,
    "/json": rewrite,
    "/compute": compute,
    "/throw": fail,
    "/deep": deep,
}
