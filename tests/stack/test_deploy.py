"""The settings of docker-compose.yml, with secrets made as deploy/env.example says, are safe to serve with."""

import os
import re
import secrets
import subprocess
import sys
from base64 import urlsafe_b64encode
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
GIVEN = {
    "SITE_HOST": "anfu.example.gov.cn", "SITE_URL": "https://anfu.example.gov.cn",
    "EMAIL_HOST": "mail.example.gov.cn", "DEFAULT_FROM_EMAIL": "anfu@example.gov.cn",
    "PERSONAL_KEYS": urlsafe_b64encode(os.urandom(32)).decode(),
}  # fmt: skip


def environment() -> dict[str, str]:
    """What a container gets when every secret is made as the example tells."""
    example = (ROOT / "deploy/env.example").read_text()
    size = int(re.search(r"openssl rand -hex (\d+)", example)[1])
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())

    def value(found: re.Match) -> str:
        name, how, default = found.groups()
        return GIVEN.get(name) or (default if how == "-" else secrets.token_hex(size))

    words = compose["x-app"]["environment"]
    return {name: NAMED.sub(value, str(text)) for name, text in words.items()}


def check(**more: str) -> subprocess.CompletedProcess:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, env=kept | environment() | more, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_check_before_deployment_finds_nothing(tmp_path):
    done = check(VAR_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_the_check_would_find_a_weak_key_and_a_site_without_tls(tmp_path):
    done = check(VAR_DIR=str(tmp_path), SECRET_KEY="short", SITE_URL="http://anfu.example.gov.cn")
    assert done.returncode != 0
    for found in ("security.W004", "security.W009", "security.W012"):
        assert found in done.stderr
