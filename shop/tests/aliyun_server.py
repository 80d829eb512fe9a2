"""Aliyun's SMS gateway on this machine: it checks a call as its documents say.

It shares no line with the shop's own code, and reckons the signature anew from what
came over the wire: "V3 request structure and signature", and SendSms of 2017-05-25.
"""

import hashlib
import hmac
import json
import re
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote_plus, unquote

KEY, SECRET = "LTAI-test-key", "test/secret+with%specials"
AUTHORIZATION = re.compile(
    r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),"
    r"Signature=([0-9a-f]{64})"
)
#: Approved texts: their code -> the words they take, each once.
TEMPLATES = {
    "SMS_1": {"code"},
    "SMS_2": {"number"},
    "SMS_3": {"number", "carrier", "tracking_number"},
    "SMS_4": {"code", "minutes"},
}
SIGN = "电光集市"


def rfc3986(text):
    return quote_plus(text).replace("+", "%20").replace("*", "%2A").replace("%7E", "~")


def pairs_of(query):
    found = [piece.partition("=") for piece in query.split("&") if piece]
    return {unquote(name): unquote(value) for name, _, value in found}


def signature_of(method, path, query, headers, names, body_hash, secret):
    """The signature as the document describes it, step by step."""
    canonical = method + "\n" + path + "\n"
    pairs = pairs_of(query)
    canonical += "&".join(
        rfc3986(name) + "=" + rfc3986(pairs[name]) for name in sorted(pairs)
    )
    canonical += "\n"
    for name in names:
        canonical += name + ":" + headers[name].strip() + "\n"
    canonical += "\n" + ";".join(names) + "\n" + body_hash
    digest = hashlib.sha256(canonical.encode("utf-8")).hexdigest()
    to_sign = "ACS3-HMAC-SHA256" + "\n" + digest
    return hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()


class AliyunServer(ThreadingHTTPServer):
    """`accepted` holds the words of each message it took, by their names."""

    daemon_threads = True

    def __init__(self, context):
        super().__init__(("127.0.0.1", 0), Handler)
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )
        self.secrets = {KEY: SECRET}
        self.requests, self.accepted, self.nonces = [], [], set()
        #: One for each call, before anything is checked: it may answer by itself.
        self.moods = []
        self.on_accepted = lambda: None
        #: Lets those go that hang or drip.
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,))

    @property
    def port(self):
        return self.server_port

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *args):
        self.is_over.set()
        self.shutdown()
        self.server_close()
        self.thread.join()

    def handle_error(self, request, client_address):
        """A client that goes away is no news."""


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args):
        """Not into the output of the tests."""

    def do_POST(self):
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append((self.path, headers))
        if self.server.moods:
            mood = self.server.moods.pop(0)
            if mood and mood(self):
                return
        status, code = self.refusal(headers, body)
        if not status:
            code = self.business_refusal() or "OK"
        if code == "OK":
            self.server.accepted.append(pairs_of(self.path.partition("?")[2]))
            self.server.on_accepted()
        self.answer(status or 200, code)

    def refusal(self, headers, body):
        """What the gateway in front says: (0, "") lets pass."""
        path, _, query = self.path.partition("?")
        found = AUTHORIZATION.fullmatch(headers.get("authorization", ""))
        if not found:
            return 400, "MissingSecurityToken"
        key, names, signature = found[1], found[2].split(";"), found[3]
        must = {n for n in headers if n.startswith("x-acs-")} | {"host"}
        must |= {"content-type"} & set(headers)
        if names != sorted(names) or not must <= set(names):
            return 400, "IncompleteSignature"
        if key not in self.server.secrets:
            return 404, "InvalidAccessKeyId.NotFound"
        digest = hashlib.sha256(body).hexdigest()
        if headers["x-acs-content-sha256"] != digest:
            return 400, "InvalidContentSha256"
        sent = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%S%z")
        if abs((datetime.now(UTC) - sent).total_seconds()) > 15 * 60:
            return 400, "InvalidTimeStamp.Expired"
        expected = signature_of(
            "POST", path, query, headers, names, digest, self.server.secrets[key]
        )
        if not hmac.compare_digest(signature, expected):
            return 400, "SignatureDoesNotMatch"
        if headers["x-acs-signature-nonce"] in self.server.nonces:
            return 400, "SignatureNonceUsed"
        self.server.nonces.add(headers["x-acs-signature-nonce"])
        if (headers["x-acs-action"], headers["x-acs-version"]) != (
            "SendSms",
            "2017-05-25",
        ):
            return 404, "InvalidAction.NotFound"
        return 0, ""

    def business_refusal(self):
        call = pairs_of(self.path.partition("?")[2])
        if not re.fullmatch(r"1[3-9]\d{9}", call["PhoneNumbers"]):
            return "isv.MOBILE_NUMBER_ILLEGAL"
        if call["SignName"] != SIGN:
            return "isv.SMS_SIGNATURE_ILLEGAL"
        if call["TemplateCode"] not in TEMPLATES:
            return "isv.SMS_TEMPLATE_ILLEGAL"
        words = json.loads(call["TemplateParam"])
        if set(words) != TEMPLATES[call["TemplateCode"]]:
            return "isv.TEMPLATE_MISSING_PARAMETERS"
        if not all(isinstance(word, str) for word in words.values()):
            return "isv.INVALID_JSON_PARAM"
        if not all(1 <= len(word) <= 35 for word in words.values()):
            return "isv.PARAM_LENGTH_LIMIT"
        return ""

    def answer(self, status, code):
        content = {"Code": code, "Message": self.path, "RequestId": "A-1"}
        if self.headers.get("accept") == "application/json":
            self.send("application/json", status, json.dumps(content).encode())
        else:
            self.send("text/xml", status, f"<Code>{code}</Code>".encode())

    def send(self, kind, status, body, **headers):
        self.send_response(status)
        self.send_header("content-type", f"{kind};charset=utf-8")
        self.send_header("content-length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


# Moods: what a gateway does instead of, or before, answering -----------------------


def says(code, status=200):
    """Answer this and look at nothing. Its Message quotes the call, as bad ones do."""
    return lambda handler: handler.answer(status, code) or True


def writes(body, status=200, **headers):
    """Answer with these bytes."""
    return lambda handler: (
        handler.send("application/json", status, body, **headers) or True
    )


def drips(pause):
    """Answer for ever, a byte at a time."""

    def mood(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nx-wait: ")
        while not handler.server.is_over.wait(pause):
            handler.wfile.write(b".")
        return True

    return mood


def hangs(handler):
    """Take the call and never answer."""
    handler.server.is_over.wait(60)
    return True


def babbles(handler):
    """Answer with something that is no HTTP."""
    handler.wfile.write(b"220 mail.example.com ESMTP\r\n")
    return True
