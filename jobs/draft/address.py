"""The address of a file as a declaration may keep it: without the keys that were given to ask for it."""

from __future__ import annotations

import re
from dataclasses import dataclass

SECRET = re.compile(r"key|token|secret|sig|auth|pass|pwd|cred|session|ticket", re.IGNORECASE)
"""What the name of a key holds, as agencies and stores name theirs: api_key, Authorization, X-Amz-Signature, sig."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address as `fetch` fills it in.

    Args:
        text: with `${NAME}` where a key stood.
        variables: the names of the environment's variables that hold the keys.
        is_asking: whether other values are left in its query.
    """

    text: str
    variables: tuple[str, ...] = ()
    is_asking: bool = False

    def notes(self) -> tuple[str, ...]:
        """Say what a person should look at."""
        told = [f"the key in its address is not kept: `export {name}=…` before `fetch`" for name in self.variables]
        asking = ["the rest of its address's query is kept: a key under a plain name would stand in the declaration"]
        return (*told, *(asking if self.is_asking else []))


def address(url: str, domain: str) -> Address:
    """Take the keys out of an address; what stands behind a # no server sees, so it is left out.

    Args:
        url: the address as it was given.
        domain: begins the names of the variables that stand for the keys.
    """
    place, mark, query = url.partition("#")[0].partition("?")
    parts: list[str] = []
    variables: list[str] = []
    is_asking = False
    for part in query.split("&") if mark else []:
        name, equals, value = part.partition("=")
        if value and not SECRET.search(name):
            is_asking = True
        if (value and SECRET.search(name)) or (name and not equals):
            variable = re.sub(r"[^A-Z0-9]+", "_", f"{domain}_{name if equals else 'key'}".upper())
            variable += f"_{len(variables) + 1}" if variable in variables else ""
            variables.append(variable)
            parts.append(f"{_plain(name + equals if equals else '')}${{{variable}}}")
        else:
            parts.append(_plain(part))
    return Address(_plain(place) + mark + "&".join(parts), tuple(variables), is_asking)


def _plain(text: str) -> str:
    return text.replace("$", "$$")
