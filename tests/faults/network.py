"""Several hosts on one machine: network namespaces on a bridge, each with an address of its own."""

import os
import shutil
import subprocess
from dataclasses import dataclass, field

BRIDGE = "anfudrill"
NET = "10.77.77"
OUTSIDE = f"{NET}.1"  # where people are, and who looks


def lacking() -> list[str]:
    """Return what this machine lacks for it."""
    found = [] if os.geteuid() == 0 else ["root, to make network namespaces"]
    return found + [name for name in ("ip", "pgbouncer") if shutil.which(name) is None]


@dataclass
class Network:
    """The bridge and its hosts, by name, in the order of their addresses."""

    names: tuple[str, ...]
    addresses: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.addresses = {name: f"{NET}.{n}" for n, name in enumerate(self.names, start=10)}

    def up(self) -> None:
        """Make everything; what an interrupted drill left goes first."""
        self.down()
        _ip(f"link add {BRIDGE} type bridge")
        _ip(f"addr add {OUTSIDE}/24 dev {BRIDGE}")
        _ip(f"link set {BRIDGE} up")
        for name, address in self.addresses.items():
            inside = f"netns exec {_space(name)} ip"
            _ip(f"netns add {_space(name)}")
            _ip(f"link add {_link(name)} type veth peer name eth0 netns {_space(name)}")
            _ip(f"link set {_link(name)} master {BRIDGE} up")
            _ip(f"{inside} addr add {address}/24 dev eth0")
            _ip(f"{inside} link set eth0 up")
            _ip(f"{inside} link set lo up")

    def down(self) -> None:
        """Take everything away; the programs inside have ended."""
        for name in self.names:
            _ip(f"link del {_link(name)}", check=False)
            _ip(f"netns del {_space(name)}", check=False)
        _ip(f"link del {BRIDGE}", check=False)

    def on(self, name: str) -> list[str]:
        """Return what a command begins with that runs on a host."""
        return ["ip", "netns", "exec", _space(name)]

    def cut(self, name: str) -> None:
        """Pull a host's cable: nothing is closed, nothing refused, packets are lost."""
        _ip(f"link set {_link(name)} down")

    def heal(self, name: str) -> None:
        """Put the cable back."""
        _ip(f"link set {_link(name)} up")


def _space(name: str) -> str:
    return f"{BRIDGE}-{name}"


def _link(name: str) -> str:
    return f"ad-{name}"  # a name of an interface has 15 letters


def _ip(words: str, *, check: bool = True) -> None:
    done = subprocess.run(["ip", *words.split()], capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise RuntimeError(f"ip {words}: {done.stderr.strip()}")
