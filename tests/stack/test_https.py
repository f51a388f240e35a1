"""The certificate that a phone of the same network is given."""

import socket
import ssl
import threading

import pytest

from stack import https


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    return https.certificate("192.0.2.7")


def trusting(made) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=(https.folder() / https.AUTHORITY).read_bytes())
    return context


def name_of(made, context: ssl.SSLContext, name: str):
    """Shake hands with a server that has the certificate, as if it were called `name`."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*made)
    here, there = socket.socketpair()

    def serve():
        try:
            with server.wrap_socket(there, server_side=True) as secure:
                secure.recv(1)
        except OSError:
            there.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with context.wrap_socket(here, server_hostname=name) as secure:
            return secure.version()
    finally:
        here.close()
        thread.join()


@pytest.mark.parametrize("name", ["192.0.2.7", "127.0.0.1", "localhost"])
def test_a_phone_that_installed_the_authority_trusts_this_machine(made, name):
    assert name_of(made, trusting(made), name)


def test_nobody_else_trusts_it_and_it_stands_for_no_other_address(made):
    with pytest.raises(ssl.SSLCertVerificationError):
        name_of(made, ssl.create_default_context(), "192.0.2.7")
    with pytest.raises(ssl.SSLCertVerificationError):
        name_of(made, trusting(made), "192.0.2.8")


def test_it_is_made_once_and_again_for_another_address(made):
    first = made[0].read_bytes()
    assert https.certificate("192.0.2.7")[0].read_bytes() == first
    assert https.certificate("192.0.2.8")[0].read_bytes() != first
    assert made[1].stat().st_mode & 0o077 == 0
