"""Settings that are more than one value, read from one variable of the environment."""

import json
from typing import Any
from urllib.parse import urlsplit


def numbers_by_name(text: str) -> dict[str, int]:
    """Return {"agency": 30, …} of "agency=30,…"; ValueError says what is no number."""
    pairs = (part.partition("=") for part in text.split(",") if part.strip())
    return {name.strip(): int(number) for name, _, number in pairs}


def oidc_apps(text: str) -> list[dict[str, Any]]:
    """Return allauth's description of the identity providers in a JSON list.

    Each has `id` (it stands in addresses), `name`, `organization` (the agency's full name),
    `server_url`, `client_id`, `secret`; and, where the provider's own second factor is trusted,
    `trusted_amr` or `trusted_acr`, lists of the values that say it was given. KeyError names what
    is missing.
    """
    return [
        {
            "provider_id": given["id"],
            "name": given["name"],
            "client_id": given["client_id"],
            "secret": given["secret"],
            "settings": {
                "server_url": given["server_url"],
                "organization": given["organization"],
                "trusted_amr": given.get("trusted_amr", []),
                "trusted_acr": given.get("trusted_acr", []),
            },
        }
        for given in json.loads(text or "[]")
    ]


def origin(url: str) -> str:
    """Return scheme and host of an address, as a content security policy names them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
