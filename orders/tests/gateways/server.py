"""Gateways on this machine, which speak TLS and judge by the SDKs that others use.

A fake keeps its trades in `trades`: the payment's number -> {"cents", "state"}. It
shares no line with the shop's own signatures.
"""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


class Pair:
    """A private key, and its public one, as PEM."""

    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.private = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()
        self.public = (
            self.key.public_key()
            .public_bytes(
                serialization.Encoding.PEM,
                serialization.PublicFormat.SubjectPublicKeyInfo,
            )
            .decode()
        )


class GatewayServer(ThreadingHTTPServer):
    """`respond(method, target, headers, body)` answers (status, headers, bytes)."""

    daemon_threads = True

    def __init__(self, context, respond):
        super().__init__(("127.0.0.1", 0), Handler)
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )
        self.respond = respond
        #: One for each call, before anything is looked at: it may answer by itself.
        self.moods = []
        self.calls = []
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *args):
        self.is_over.set()
        self.shutdown()
        self.server_close()
        self.thread.join()

    @property
    def address(self):
        return f"https://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """A client that goes away is no news."""


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args):
        """Not into the output of the tests."""

    def do_GET(self):
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length).decode()
        self.server.calls.append((self.command, self.path, body))
        if self.server.moods and self.server.moods.pop(0)(self):
            return
        self.send(*self.server.respond(self.command, self.path, self.headers, body))

    do_POST = do_GET

    def send(self, status, headers, body):
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def hangs(handler):
    """Take the call and never answer."""
    return handler.server.is_over.wait(30) or True


def drips(handler):
    """Answer for ever, a byte at a time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nx-wait: ")
    while not handler.server.is_over.wait(0.1):
        handler.wfile.write(b".")
    return True


def babbles(handler):
    """Answer with something that is no HTTP."""
    handler.wfile.write(b"220 mail.example.com ESMTP\r\n")
    return True


def breaks(handler):
    """Answer that it is out of order."""
    handler.send(502, {}, b"<html>Bad gateway</html>")
    return True


def does_and_hangs(handler):
    """Do what was asked; the answer is lost on its way."""
    length = int(handler.headers.get("content-length") or 0)
    body = handler.server.calls[-1][2] if length else ""
    handler.server.respond(handler.command, handler.path, handler.headers, body)
    return hangs(handler)


OUTAGES = [hangs, drips, babbles, breaks]
