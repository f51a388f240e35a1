"""Requests to addresses that somebody typed in: never to a machine of our own network.

Whoever may name an address could otherwise read through us what only our servers reach (SSRF). So a
name is resolved, every address it has is looked at, and the connection is opened to the very
address that was looked at: a name that points elsewhere a moment later (DNS rebinding) gains
nothing, while TLS and the Host header still go by the name. Redirects are not followed, a proxy of
the environment is not used, an answer is read up to a limit and within one time for the whole.

OUTSIDE_ALLOWED names what is allowed all the same: host names, addresses or networks, with commas;
a caller may name more (`named`). What is named may also be reached by http and on any port;
everything else by https on OUTSIDE_PORTS.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpcore
import httpx
from django.conf import settings

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Named = Sequence[str]
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
PORTS = {"http": 80, "https": 443}
CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 5.0, 15.0, 20.0
MAX_ANSWER = 64 * 1024
MAX_URL = 500


class InsideAddress(httpcore.ConnectError):
    """A name leads to an address that we do not connect to."""


def address_problem(url: str) -> str:
    """Say in Chinese why we would not send to an address; '' where we would. Resolves its name."""
    if problem := url_problem(url):
        return problem
    parts = urlsplit(url)
    try:
        checked_addresses(str(parts.hostname), _port(parts))
    except InsideAddress as error:
        return str(error)
    except OSError:
        return "找不到这个域名，请核对拼写"
    return ""


def url_problem(url: str, named: Named = ()) -> str:
    """Say what is wrong with an address as it is written, without looking its name up."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", _port(parts)
    except ValueError:
        return "网址格式不正确"
    if len(url) > MAX_URL or not url.isprintable() or " " in url:
        return f"网址不能超过 {MAX_URL} 个字符，也不能有空格"
    if parts.scheme not in PORTS or not host:
        return "请填写以 https:// 开头的完整网址"
    if parts.username is not None or parts.password is not None:
        return "网址里不能写用户名和密码"
    if parts.fragment:
        return "网址里不能有 # 及其后的内容"
    if is_named(host, named):
        return ""
    if parts.scheme != "https":
        return "网址须以 https:// 开头"
    if port not in settings.OUTSIDE_PORTS:
        return f"只能使用端口 {'、'.join(map(str, settings.OUTSIDE_PORTS))}"
    return ""


def _port(parts: SplitResult) -> int:
    return parts.port if parts.port is not None else PORTS.get(parts.scheme, 0)


def is_named(host: str, named: Named = ()) -> bool:
    """Whether a host is named as allowed, or the network of a host that is an address."""
    if host.lower() in _allowed(named)[0]:
        return True
    try:
        return _in_networks(ipaddress.ip_address(host), named)
    except ValueError:
        return False


def _in_networks(address: IPAddress, named: Named) -> bool:
    return any(address in network for network in _allowed(named)[1])


def _allowed(named: Named) -> tuple[frozenset[str], tuple[Any, ...]]:
    return _sorted_out((*settings.OUTSIDE_ALLOWED, *named))


@cache
def _sorted_out(words: tuple[str, ...]) -> tuple[frozenset[str], tuple[Any, ...]]:
    names, networks = set(), []
    for word in words:
        try:
            networks.append(ipaddress.ip_network(word))
        except ValueError:
            names.add(word.lower())
    return frozenset(names), tuple(networks)


def is_outside(address: IPAddress) -> bool:
    """Whether an address is a public one; an IPv4 address that hides in another counts as itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_outside(address.ipv4_mapped)
        if address in NAT64:
            return is_outside(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address.sixtofour or address.teredo or address.is_site_local:
            return False  # tunnels of the past: nobody receives there
    return address.is_global and not address.is_multicast and not address.is_reserved


def checked_addresses(host: str, port: int, named: Named = ()) -> list[str]:
    """Return the addresses of a name, all of them looked at; InsideAddress if one is not outside.

    OSError where the name cannot be resolved.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(str(error)) from None
    addresses = list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
    if host.lower() in _allowed(named)[0]:
        return addresses
    for word in addresses:
        address = ipaddress.ip_address(word)
        if not _in_networks(address, named) and not is_outside(address):
            raise InsideAddress(f"不能发到内部网络：{host} 指向 {word}")
    return addresses


class Clock:
    """Until when one request may take, whatever it is doing."""

    def __init__(self) -> None:
        self.until = 0.0

    def start(self) -> None:
        """Begin a request."""
        self.until = time.monotonic() + WHOLE_SECONDS

    def left(self, timeout: float | None) -> float:
        """Return how long the next step may take."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the whole took too long")
        return left if timeout is None else min(timeout, left)


class TimedStream(httpcore.NetworkStream):
    """A stream that keeps to the time of the whole: who sends a byte a second holds nobody."""

    def __init__(self, inner: httpcore.NetworkStream, clock: Clock) -> None:
        self._inner, self._clock = inner, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there."""
        return self._inner.read(max_bytes, self._clock.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        self._inner.write(buffer, self._clock.left(timeout))

    def close(self) -> None:
        """Close it."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Go on with TLS, for the name and not for the address."""
        left = self._clock.left(timeout)
        return TimedStream(self._inner.start_tls(ssl_context, server_hostname, left), self._clock)

    def get_extra_info(self, info: str) -> Any:
        """Say what the stream knows."""
        return self._inner.get_extra_info(info)


class OutsideBackend(httpcore.SyncBackend):
    """Opens connections to the addresses that were looked at, and to no others."""

    def __init__(self, clock: Clock, named: Named) -> None:
        self._clock, self._named = clock, named

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers."""
        try:
            addresses = checked_addresses(host, port, self._named)
        except InsideAddress:
            raise
        except OSError as error:
            raise httpcore.ConnectError(f"cannot resolve {host}: {error}") from None
        problem: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                stream = super().connect_tcp(
                    address, port, self._clock.left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
            else:
                return TimedStream(stream, self._clock)
        raise problem

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        """Never."""
        raise InsideAddress("unix socket")


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status with the beginning of its text, or in Chinese why nothing did."""

    status: int | None
    text: str
    error: str
    retry_after: str
    ms: int

    @property
    def is_ok(self) -> bool:
        """Whether the receiver said that it has it."""
        return self.status is not None and 200 <= self.status < 300


class Outside:
    """Posts to one receiver after the other, keeping the line open; a context manager."""

    def __init__(self, named: Named = ()) -> None:
        self._clock, self._named = Clock(), named
        transport = httpx.HTTPTransport(verify=_tls(), trust_env=False)
        transport._pool = httpcore.ConnectionPool(  # httpx hands no backend on
            ssl_context=_tls(),
            max_connections=4,
            network_backend=OutsideBackend(self._clock, named),
        )
        self._client = httpx.Client(
            transport=transport,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        )

    def __enter__(self) -> "Outside":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def post(self, url: str, *, content: bytes, headers: dict[str, str]) -> Answer:
        """Post, and say what came of it; never raises for anything the other side does."""
        begun = time.monotonic()
        if problem := url_problem(url, self._named):
            return Answer(None, "", problem, "", 0)
        self._clock.start()
        try:
            with self._client.stream("POST", url, content=content, headers=headers) as response:
                text = _beginning(response)
                status, retry = response.status_code, response.headers.get("retry-after", "")
                return Answer(status, text, _redirect(response), retry, _ms(begun))
        except (httpx.HTTPError, httpx.InvalidURL, httpcore.ConnectError, ValueError) as error:
            return Answer(None, "", _words(error), "", _ms(begun))


def _ms(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)


def _beginning(response: httpx.Response) -> str:
    """Return the beginning of an answer; what is longer is not read to its end."""
    parts, size = [], 0
    for piece in response.iter_raw():
        parts.append(piece)
        size += len(piece)
        if size >= MAX_ANSWER:
            break
    return b"".join(parts)[:MAX_ANSWER].decode("utf-8", "replace").replace("\0", "")


def _redirect(response: httpx.Response) -> str:
    if not response.has_redirect_location:
        return ""
    return f"对方要求转到 {response.headers['location'][:100]}，为安全起见不跟随"


def _words(error: Exception) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, InsideAddress):
            return str(cause)
        if isinstance(cause, ssl.SSLError):
            return f"加密连接没有建立：{cause.reason or 'TLS'}"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.ConnectTimeout):
        return f"{CONNECT_SECONDS:.0f} 秒内没有连上"
    if isinstance(error, httpx.TimeoutException):
        return f"对方超过 {READ_SECONDS:.0f} 秒没有回答"
    if isinstance(error, httpx.ConnectError):
        return "连接不上"
    return "连接中断或回答不合规范"
