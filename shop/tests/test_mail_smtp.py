"""Mails through SMTP with TLS, against a real server on this machine."""

import email
import email.policy
import socket
import time
from datetime import timedelta
from urllib.parse import quote

import environ
import pytest
from cryptography import x509
from django.core.management import CommandError, call_command

from shop import checks, clock, delivery, outbox
from shop.messages import Kind
from shop.models import OutgoingMessage
from shop.settings import EMAIL_TIMEOUT
from shop.tests.authority import Authority
from shop.tests.smtp_server import PASSWORD, USER, MailServer

Channel, Status = OutgoingMessage.Channel, OutgoingMessage.Status
CODE = Kind("a_code", "", "您的验证码", "电光集市：验证码是 %(code)s。", is_secret=True)
HELLO = Kind("hello", "", "您好，%(name)s", "第一行\n%(name)s，您好。")
WAYS = {"smtp+tls": "starttls", "smtp+ssl": "implicit"}


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("issuer"))


@pytest.fixture(params=WAYS)
def scheme(request):
    return request.param


@pytest.fixture
def server(authority, monkeypatch, settings, scheme):
    """A mail server on this machine, trusted, and the shop's EMAIL_URL naming it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
    with MailServer(**{WAYS[scheme]: authority.server_context()}) as server:
        use(settings, url_of(scheme, server.port))
        yield server


def url_of(scheme, port, password=PASSWORD):
    user, password = quote(USER, safe=""), quote(password, safe="")
    return f"{scheme}://{user}:{password}@localhost:{port}"


def use(settings, url):
    """Read EMAIL_URL as the settings file does."""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.DEFAULT_FROM_EMAIL = "shop@example.com"
    for name, value in environ.Env.email_url_config(url).items():
        setattr(settings, name, value)


def write(kind=HELLO, recipient="alice@example.com", **words):
    return outbox.write(
        kind,
        channel=Channel.MAIL,
        recipient=recipient,
        language="zh-hans",
        **({"name": "爱丽丝", "code": "246810"} | words),
    )


def delivered(message):
    """Try once; return what became of it: (status, error)."""
    delivery.deliver(message.pk)
    message.refresh_from_db()
    return message.status, message.error


@pytest.mark.django_db
def test_a_mail_arrives_readable_after_a_login_under_tls(server):
    assert delivered(write()) == (Status.SENT, "")
    (envelope,) = server.mails
    assert envelope.rcpt_tos == ["alice@example.com"]
    mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert (mail["to"], mail["from"]) == ("alice@example.com", "shop@example.com")
    assert mail["subject"] == "您好，爱丽丝"
    assert mail.get_content().replace("\r\n", "\n") == "第一行\n爱丽丝，您好。\n"
    assert server.logins == [(USER, True)]


@pytest.mark.django_db
def test_an_issuer_that_nobody_knows_is_not_trusted_until_it_is(
    server, authority, tmp_path, monkeypatch
):
    stranger = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(stranger.certificate))
    message = write()
    assert delivered(message) == (Status.WAITING, "SSLCertVerificationError 1")
    assert (server.mails, server.logins) == ([], [])
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
    with clock.at(message.next_try_at):
        call_command("run_due", only=["send_messages"])
    message.refresh_from_db()
    assert (message.status, len(server.mails)) == (Status.SENT, 1)


@pytest.mark.django_db
def test_a_certificate_for_another_name_is_not_trusted(
    authority, monkeypatch, settings, scheme
):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
    elsewhere = authority.server_context([x509.DNSName("mail.example.com")])
    with MailServer(**{WAYS[scheme]: elsewhere}) as server:
        use(settings, url_of(scheme, server.port))
        assert delivered(write()) == (Status.WAITING, "SSLCertVerificationError 1")
        assert (server.mails, server.logins) == ([], [])


@pytest.mark.django_db
def test_a_server_that_hides_starttls_gets_neither_password_nor_mail(settings):
    with MailServer() as server:
        use(settings, url_of("smtp+tls", server.port))
        assert delivered(write()) == (Status.WAITING, "SMTPNotSupportedError")
        assert (server.mails, server.logins) == ([], [])


@pytest.mark.django_db
def test_a_wrong_password_lets_the_mail_wait(server, settings, scheme):
    use(settings, url_of(scheme, server.port, password="not it"))
    assert delivered(write()) == (Status.WAITING, "SMTPAuthenticationError 535")
    assert server.mails == []
    # smtplib can write ASCII alone.
    use(settings, url_of(scheme, server.port, password="é"))
    assert delivered(write()) == (Status.WAITING, "UnicodeEncodeError")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("where", "answer", "status", "error"),
    [
        ("rcpt", "550 no 246810 here", Status.FAILED, "SMTPRecipientsRefused 550"),
        ("rcpt", "451 not 246810 now", Status.WAITING, "SMTPRecipientsRefused 451"),
        ("data", "554 I know 246810", Status.FAILED, "SMTPDataError 554"),
        ("data", "452 246810 is full", Status.WAITING, "SMTPDataError 452"),
    ],
)
def test_never_is_given_up_and_not_now_is_tried_again(
    server, caplog, where, answer, status, error
):
    setattr(server, where, answer)
    message = write(CODE)
    assert delivered(message) == (status, error)
    assert bool(message.stored_text) is (status == Status.WAITING)
    assert "246810" not in caplog.text
    setattr(server, where, "")
    with clock.at(clock.now() + timedelta(days=1)):
        call_command("run_due", only=["send_messages"])
    assert len(server.mails) == (status == Status.WAITING)


@pytest.mark.django_db
def test_a_server_that_is_down_leaves_the_mail_waiting(settings, scheme):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    use(settings, url_of(scheme, port))
    message = write()
    with pytest.raises(CommandError):
        call_command("run_due", only=["send_messages"])
    message.refresh_from_db()
    assert message.status == Status.WAITING
    assert message.error.startswith("ConnectionRefusedError")


@pytest.mark.django_db
def test_a_server_that_is_slow_is_not_waited_for(server, settings):
    settings.EMAIL_TIMEOUT = 0.5
    server.pause = 5
    started = time.monotonic()
    status, error = delivered(write())
    assert (status, error) == (Status.WAITING, "SMTPServerDisconnected")
    assert time.monotonic() - started < 3


def test_a_shopper_waits_five_seconds_for_a_step_at_most():
    assert EMAIL_TIMEOUT <= 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Alice\nBcc: mallory@example.com"},
        {"name": "Alice\r\n\r\nAnother body"},
        {"recipient": "alice@example.com\nBcc: mallory@example.com"},
        {"recipient": "alice@example.com\r\nRCPT TO:<mallory@example.com>"},
        {"recipient": "alice@example.com, mallory@example.com"},
        {"recipient": ""},
        {"recipient": "no address"},
    ],
)
def test_no_header_and_no_second_receiver_is_smuggled_in(server, changes):
    message = write(**changes)
    status, error = delivered(message)
    assert (status, error) in [
        (Status.FAILED, "BadHeaderError"),
        (Status.FAILED, "ValidationError"),
    ]
    assert server.mails == []


def test_a_password_in_the_clear_is_refused_at_start(settings):
    use(settings, "smtp://user:hushhush@mail.example.com:25")
    (error,) = checks.mail_password_is_encrypted(None)
    assert error.id == "shop.E003"
    assert "hush" not in error.msg
    for url in (
        "smtp+tls://user:hushhush@mail.example.com:587",
        "smtp+ssl://user:hushhush@mail.example.com:465",
        "smtp://mail.example.com:25",
        "smtp://user:hushhush@localhost:25",
    ):
        use(settings, url)
        assert checks.mail_password_is_encrypted(None) == []
