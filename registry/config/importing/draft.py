"""The models.yaml that is being made: providers, their models, and defaults."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from core.text import quote
from registry.config.importing.section import Report, Section, as_text
from registry.config.importing.servers import Known, known, name_of_address
from registry.config.importing.values import Values
from registry.config.schema import SETTINGS
from registry.model_id import fold, is_model_name
from registry.providers import WIRES

if TYPE_CHECKING:
    from core.yaml.tree import Entry, Node


class Server(NamedTuple):
    """What a file says about a server: who it is, its address, its key, its headers."""

    known: Known
    name: str = ""  # what the file calls it
    address: Node | None = None
    key: Node | None = None
    headers: Node | None = None
    timeout: float | None = None


class Draft:
    """Collects what a file says. `report` has what could not be said in models.yaml."""

    def __init__(self) -> None:
        self.report = Report()
        self.values = Values(self.report)
        self.providers: dict[str, dict[str, Any]] = {}
        self.servers: dict[tuple[Any, ...], str] = {}
        self.defaults: dict[str, str] = {}

    def provider(self, server: Server, place: Node | Entry) -> str:
        """Return the section's name for `server`, which is added unless it exists."""
        address = self._address(server)
        base = _slug(server.name or self._name(server, address))
        headers = server.headers.value if server.headers else {}
        texts = {name: as_text(entry.node, self.report) for name, entry in headers.items()}
        identity = (server.known.wire, address, as_text(server.key, self.report),
                    tuple(texts.items()), server.timeout)  # fmt: skip
        if identity in self.servers:
            return self.servers[identity]
        name = self.servers[identity] = self._unused(base)
        variable = re.sub(r"\W", "_", name).upper()
        section: dict[str, Any] = {} if name == server.known.wire else {"api": server.known.wire}
        if not address:
            address = f"${{{variable}_URL}}"
            self.report.note(place, f"The file has no address. Set the variable {variable}_URL.")
        section[WIRES[server.known.wire].ADDRESS] = address
        if server.key and (
            key := self.values.key(
                as_text(server.key, self.report), f"{variable}_API_KEY", server.key
            )
        ):
            section["api_key"] = key
        if texts:
            section["headers"] = {
                header: self.values.header(
                    header, text, _variable(variable, header), headers[header]
                )
                for header, text in texts.items()
            }
        if server.timeout:
            section["timeout"] = server.timeout
        self.providers[name] = {**section, "registry": {}}
        return name

    def model(self, provider: str, name: str, place: Node | Entry, **fields: Any) -> str:
        """List a model, and return its ID; empty if it cannot be listed."""
        registry = self.providers[provider]["registry"]
        wire = WIRES[self.providers[provider].get("api", provider)]
        same = [other for other in registry if (fold if wire.FOLDS else str)(other).casefold()
                == (fold if wire.FOLDS else str)(name).casefold()]  # fmt: skip
        if not is_model_name(name):
            self.report.note(place, f"{quote(name)} is not imported: names have no spaces.")
            return ""
        if same:
            self.report.note(
                place, f"A second entry for {quote(f'{provider}:{name}', 80)} is not imported."
            )
            return f"{provider}:{same[0]}"
        fields.setdefault("capabilities", ["chat"])
        fields["options"] = self.options(fields.get("options") or {}, place)
        registry[name] = {
            key: value for key, value in fields.items() if value not in (None, {}, "")
        }
        if len(str(fields.get("title") or "")) > 200:
            registry[name]["title"] = str(fields["title"])[:200]
        return f"{provider}:{name}"

    def options(
        self, options: dict[str, Any], place: Node | Entry, path: str = ""
    ) -> dict[str, Any]:
        """Return `options` without the secret ones: they have no variables."""
        kept: dict[str, Any] = {}
        for key, value in options.items():
            where = f"{path}{key}"
            if isinstance(value, dict):
                kept[key] = self.options(value, place, f"{where}.")
            elif isinstance(value, list | tuple):
                items = [self.options({key: item}, place, path) for item in value]
                kept[key] = [item[key] for item in items if key in item]
            elif self.values.is_secret(key, value) or (isinstance(value, str) and "${" in value):
                self.values.hide(str(value))
                self.report.note(
                    place, f"{quote(where, 80)} is not imported: options have no variables."
                )
            else:
                kept[key] = value
        return kept

    def default(self, capability: str, model_id: str) -> None:
        """Use a model for `capability`, unless there is one already."""
        if model_id:
            self.defaults.setdefault(capability, model_id)

    def headers(self, section: Section, *keys: str) -> Node | None:
        """Take a mapping of headers."""
        node = section.take(*keys)
        if node is not None and not isinstance(node.value, dict):
            self.report.note(node, f"'{keys[0]}' is not imported: it is not a mapping.")
            return None
        return node

    def _address(self, server: Server) -> str:
        text = as_text(server.address, self.report)
        if text.lower() == "user_provided":
            text = ""
        if not text or server.address is None:
            return server.known.address
        address = self.values.address(text, server.address).rstrip("/")
        if server.known.name == "azure":
            return self._azure(address, server.address)
        shorter = WIRES[server.known.wire].other_address(address)
        if shorter and len(shorter) < len(address):
            self.report.note(server.address, "The address is written without the route at its end.")
            return shorter
        return address

    def _azure(self, address: str, place: Node) -> str:
        root = re.sub(r"(/openai.*|/models.*|\?.*)$", "", address)
        if root.endswith((".azure.com", "}")):
            self.report.note(place, "Azure's address without a version, /openai/v1, is used.")
            return f"{root}/openai/v1"
        return address

    def _name(self, server: Server, address: str) -> str:
        if server.known.name != "server" and (
            not server.address or server.known.name not in ("openai",)
        ):
            return server.known.name
        try:
            host = urlsplit(address).hostname or ""
        except ValueError:
            host = ""
        return name_of_address(address, host) if host else server.known.name

    def _unused(self, base: str) -> str:
        if (base in WIRES and base in self.providers) or base in SETTINGS:
            base = f"{base}-2" if base in self.providers else f"{base}-server"
        number, name = 2, base
        while name in self.providers:
            name, number = f"{base[:28].removesuffix('-2')}-{number}", number + 1
        return name


def server_of(address: str) -> Known:
    """Return the provider that listens at `address`; a server without a name if unknown."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        host = ""
    name = name_of_address(address, host)
    if name == "azure":
        return Known("azure", "openai")
    return (known(name) if name == "anthropic" else None) or Known("server", "openai")


def _slug(text: str) -> str:
    slug = re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-_")
    return (slug if slug[:1].isalpha() else f"server-{slug}".strip("-"))[:32].rstrip("-_")


def _variable(prefix: str, header: str) -> str:
    return f"{prefix}_{re.sub(r'[^A-Za-z0-9]', '_', header)}".upper()
