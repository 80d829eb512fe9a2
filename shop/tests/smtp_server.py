"""A mail server on this machine (aiosmtpd), in a thread of its own."""

import asyncio
import threading

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

USER, PASSWORD = "shop@example.com", "p@ss/w:rd %#"


class MailServer:
    """`mails` holds what it took; `logins` who logged in, and whether under TLS.

    `starttls` and `implicit` are the contexts for one way of TLS or the other.
    `rcpt`, `data` are what it answers instead of taking the recipient or the mail.
    """

    def __init__(self, *, starttls=None, implicit=None):
        self.starttls, self.implicit = starttls, implicit
        self.mails, self.logins = [], []
        self.rcpt = self.data = ""
        self.pause = 0
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)

    def __enter__(self):
        self.thread.start()
        self.server = asyncio.run_coroutine_threadsafe(
            self.loop.create_server(self.protocol, "127.0.0.1", 0, ssl=self.implicit),
            self.loop,
        ).result()
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *args):
        self.loop.call_soon_threadsafe(self.server.close)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def protocol(self):
        return SMTP(
            self,
            hostname="localhost",
            tls_context=self.starttls,
            authenticator=self.log_in,
            # Only what the shop does keeps the password from going out in the clear.
            auth_require_tls=False,
            loop=self.loop,
        )

    def log_in(self, server, session, envelope, mechanism, login):
        is_encrypted = server.transport.get_extra_info("cipher") is not None
        assert isinstance(login, LoginPassword)
        self.logins.append((login.login.decode(), is_encrypted))
        # Not handled: the server itself answers 535.
        is_right = login.password.decode() == PASSWORD
        return AuthResult(success=is_right, handled=is_right)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(self.pause)
        if self.data:
            return self.data
        self.mails.append(envelope)
        return "250 OK"
