"""The AWS CLI's own parser against what `ops` sends for the same text."""

import json
import random
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import botocore.session
from awscli.shorthand import BackCompatVisitor, ShorthandParseError, ShorthandParser

WELL_FORMED = 400
BATCH = 25
MISSPELT = 300


def run(checks, ops):
    with Recorder() as recorder:
        oracle = Oracle()
        dice = random.Random(7)

        texts = [well_formed(dice) for _ in range(WELL_FORMED)]
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            for text, sent in zip(batch, recorder.sent(ops, batch) or [None] * len(batch)):
                checks.equal(f"shorthand {text!r}", sent, oracle.parse(text))

        # Where both read a text, they read the same. What `ops` refuses and the AWS CLI reads, or the other way round, is
        # told in the documentation of the parser.
        both = 0
        for text in (misspelt(dice) for _ in range(MISSPELT)):
            expected, sent = oracle.parse(text), recorder.sent(ops, [text])
            if expected is not None and sent is not None:
                both += 1
                checks.equal(f"shorthand {text!r}", sent, [expected])
        checks.true("some misspelt texts are read by both", both > MISSPELT // 10)


class Oracle:
    """The AWS CLI's parser, with the shape of the parameter."""

    def __init__(self):
        model = botocore.session.get_session().get_service_model("servicediscovery")
        self.shape = model.operation_model("ListOperations").input_shape.members["Filters"]

    def parse(self, text):
        try:
            parsed = [ShorthandParser().parse(text)]
            BackCompatVisitor().visit(parsed, self.shape)
        except (ShorthandParseError, ValueError):
            return None
        given = parsed[0]
        well_typed = isinstance(given.get("Values"), list) and all(
            isinstance(given.get(name, ""), str) for name in ("Name", "Condition")
        )
        return given if well_typed and "Name" in given else None


class Recorder:
    """A service that lists nothing and remembers the filters that it was sent."""

    def __enter__(self):
        self.filters = None
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                recorder.filters = json.loads(body).get("Filters", [])
                self.send_response(200)
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def sent(self, ops, texts):
        """The filters that `ops` sends for these texts; `None` if it refuses one."""
        self.filters = None
        url = f"http://127.0.0.1:{self.server.server_port}"
        flags = [f"--unchecked-filter={text}" for text in texts]
        result = ops.run("cloud-map", "list", "--endpoint-url", url, *flags)
        if result.returncode not in (0, 2) or (result.returncode == 2) != (self.filters is None):
            raise AssertionError(f"{texts}: exit code {result.returncode}, sent {self.filters}: {result.stderr}")
        return self.filters


LETTERS = "abcXYZ019-_.:/é日"


def word(dice):
    return "".join(dice.choice(LETTERS) for _ in range(dice.randint(1, 8)))


def quoted(dice):
    quote = dice.choice("'\"")
    inner = dice.choice([LETTERS, f"{LETTERS} ,=[]{{}}", f"{LETTERS} ,={quote}"])
    text = "".join(dice.choice(inner) for _ in range(dice.randint(0, 8)))
    return quote + text.replace(quote, f"\\{quote}") + quote


def value(dice):
    return dice.choice([word, word, quoted, lambda dice: f"{word(dice)}\\,{word(dice)}"])(dice)


def space(dice):
    return dice.choice(["", "", "", " ", "\t", "  "])


def well_formed(dice):
    """A filter as the documentation of the AWS CLI writes it, in any of its ways."""

    def scalar():
        return dice.choice([word, quoted])(dice)

    def pair(key, text):
        return f"{key}{space(dice)}={space(dice)}{text}"

    values = [value(dice) for _ in range(dice.randint(2, 4))]
    separator = f"{space(dice)},{space(dice)}"
    lists = [
        value(dice),
        separator.join(values),
        f"[{space(dice)}{separator.join(values)}{space(dice)}]",
        f"[{value(dice)}]",
        "[]",
    ]
    pairs = [pair("Name", scalar()), pair("Values", dice.choice(lists))]
    if dice.random() < 0.6:
        pairs.append(pair("Condition", scalar()))
    dice.shuffle(pairs)
    return f"{space(dice)},{space(dice)}".join(pairs)


def misspelt(dice):
    """A filter with one character too many, too few or another one, but without two backslashes in a row."""
    while True:
        text = list(well_formed(dice))
        place = dice.randrange(len(text))
        width, with_what = dice.choice([(0, True), (1, False), (1, True)])
        text[place : place + width] = [dice.choice(",=[]{}'\" ab\\")] if with_what else []
        text = "".join(text)
        if "\\\\" not in text:
            return text
