"""No request of ours goes to an inside address, however the address is written or changes."""

import ipaddress
import socket
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import outside
from common.outside import Outside, address_problem, checked_addresses, is_outside
from tests.webhooks.receiver import listening

INSIDE = (
    "127.0.0.1", "127.8.9.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "::", "::1", "fe80::1", "fd00::1",
    "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::1", "64:ff9b::a00:1",
    "64:ff9b::7f00:1", "2001:0:7f00:1::1", "2001:db8::1", "100.100.100.200",
)  # fmt: skip
PUBLIC = ("1.1.1.1", "114.114.114.114", "2400:3200::1", "::ffff:1.1.1.1", "64:ff9b::101:101")


def resolving(monkeypatch, *answers: list[str]) -> list[str]:
    """The resolver gives these answers in turn, the last one ever after."""
    asked: list[str] = []

    def resolve(host, port, *args, **more):
        try:
            found = [str(ipaddress.ip_address(host))]
        except ValueError:
            found = answers[min(len(asked), len(answers) - 1)]
            asked.append(host)
        kinds = {4: socket.AF_INET, 6: socket.AF_INET6}
        return [
            (kinds[ipaddress.ip_address(word).version], socket.SOCK_STREAM, 6, "", (word, port))
            for word in found
        ]

    monkeypatch.setattr(outside.socket, "getaddrinfo", resolve)
    return asked


@pytest.mark.parametrize("word", INSIDE)
def test_inside_addresses_are_refused(monkeypatch, word):
    assert not is_outside(ipaddress.ip_address(word))
    resolving(monkeypatch, [word])
    assert "内部网络" in address_problem("https://hook.example/x")


@pytest.mark.parametrize("word", PUBLIC)
def test_public_addresses_are_not(monkeypatch, word):
    assert is_outside(ipaddress.ip_address(word))
    resolving(monkeypatch, [word])
    assert address_problem("https://hook.example/x") == ""


@given(st.ip_addresses(v=4))
def test_an_address_hidden_in_another_counts_as_itself(address):
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    assert is_outside(mapped) == is_outside(address)
    nat64 = ipaddress.IPv6Address(int(outside.NAT64.network_address) | int(address))
    assert is_outside(nat64) <= is_outside(address)


def test_one_inside_address_among_many_is_enough(monkeypatch):
    resolving(monkeypatch, ["1.1.1.1", "10.0.0.1"])
    assert "10.0.0.1" in address_problem("https://hook.example")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://hook.example/", "https://"), ("ftp://hook.example/", "https://"), ("hook.example", "https://"),
        ("https://", "完整网址"), ("https://a:b@hook.example/", "用户名"), ("https://hook.example/#x", "#"),
        ("https://hook.example:8443/", "端口 443"), ("https://hook.example:99999/", "格式"),
        ("https://hook .example/", "空格"), ("https://[::1/", "格式"), ("https://x/" + "a" * 600, "500"),
        ("https://2130706433/", "内部网络"), ("https://0x7f.1/", "内部网络"), ("https://127.1/", "内部网络"),
        ("https://localhost/", "内部网络"), ("https://[::ffff:7f00:1]/", "内部网络"),
        ("https://no-such-name.invalid/", "域名"), ("https://" + "a" * 70 + ".example/", "域名"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(url, words):
    assert words in address_problem(url)


def test_what_the_setting_names_is_allowed_by_http_and_on_any_port(settings, monkeypatch):
    settings.OUTSIDE_ALLOWED = ("intranet.example", "10.1.0.0/16")
    resolving(monkeypatch, ["10.9.0.1"])
    assert address_problem("http://intranet.example:8080/x") == ""
    assert "内部网络" in address_problem("https://other.example/x")
    resolving(monkeypatch, ["10.1.2.3"])
    assert address_problem("https://other.example/x") == ""
    assert address_problem("http://10.1.2.3:8080/x") == ""
    assert "https://" in address_problem("http://other.example/x")


def test_a_name_that_moves_inside_after_it_was_looked_at_is_not_connected_to(monkeypatch, settings):
    settings.OUTSIDE_PORTS = (443, 8443)
    asked = resolving(monkeypatch, ["1.1.1.1"], ["127.0.0.1"])
    assert address_problem("https://hook.example/") == ""
    with Outside() as line:
        answer = line.post("https://hook.example/", content=b"{}", headers={})
    assert (answer.status, "内部网络" in answer.error) == (None, True)
    assert asked == ["hook.example"] * 2


def test_the_connection_goes_to_the_very_address_that_was_looked_at(monkeypatch, settings):
    settings.OUTSIDE_ALLOWED = ("hook.example",)
    with listening() as receiver:
        port = int(receiver.url.split(":")[2].split("/")[0])
        asked = resolving(monkeypatch, ["127.0.0.1"], ["203.0.113.9"])
        with Outside() as line:
            answer = line.post(f"http://hook.example:{port}/x", content=b"{}", headers={})
    assert answer.status == 204
    assert receiver.got[0][0]["Host"] == f"hook.example:{port}"
    assert asked == ["hook.example"]


def test_a_redirect_inside_is_not_followed(settings):
    settings.OUTSIDE_ALLOWED = ("127.0.0.1",)
    with listening() as inner, listening() as receiver:
        receiver.says(302, Location=inner.url)
        with Outside() as line:
            answer = line.post(receiver.url, content=b"{}", headers={})
    assert (answer.status, answer.is_ok, inner.got) == (302, False, [])
    assert "不跟随" in answer.error


def test_who_sends_a_byte_now_and_then_is_cut_off(settings, monkeypatch):
    settings.OUTSIDE_ALLOWED = ("127.0.0.1",)
    monkeypatch.setattr(outside, "WHOLE_SECONDS", 0.6)
    server = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        line, _ = server.accept()
        line.recv(65536)
        try:
            for letter in b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100:
                line.sendall(bytes([letter]))
                time.sleep(0.1)
        except OSError:
            pass
        line.close()

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    begun = time.monotonic()
    with Outside() as line:
        answer = line.post(f"http://127.0.0.1:{server.getsockname()[1]}/", content=b"", headers={})
    assert answer.status is None
    assert "没有回答" in answer.error
    assert time.monotonic() - begun < 2
    thread.join(15)
    server.close()


def test_nobody_there_and_nonsense_are_said(settings):
    settings.OUTSIDE_ALLOWED = ("127.0.0.1",)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Outside() as line:
        assert line.post(f"http://127.0.0.1:{port}/", content=b"", headers={}).error == "连接不上"
        assert "内部网络" in line.post("https://10.1/", content=b"", headers={}).error
    with pytest.raises(OSError, match=".+"):
        checked_addresses("no-such-name.invalid", 443)
