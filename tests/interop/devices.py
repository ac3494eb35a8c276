"""Devices with real client libraries, in processes of Node.js."""

import json
import os
import select
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.interop.person import Refused, by_id

SECONDS = 120


class Killed(Exception):
    """The process of the devices has ended."""


class Devices:
    """A Node.js process with devices of one library in it."""

    def __init__(self, npm: Path, library: str) -> None:
        self.library = library
        self.process = subprocess.Popen(
            ["node", "--import", "./directories.js", "devices.js", library],
            cwd=npm,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "NODE_ENV": "production"},
        )

    def ask(self, **command: Any) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(command).encode() + b"\n")
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], SECONDS)
        assert ready, f"{command} has no end"
        line = self.process.stdout.readline()
        if not line:
            self.close()
            raise Killed
        answer = json.loads(line)
        if "error" in answer:
            raise Refused(**answer["error"])
        return answer["value"]

    def close(self) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(SECONDS)


@dataclass
class Device:
    """One device of a person: what its database holds, and what it does."""

    devices: Devices
    name: str
    opened: dict[str, Any]

    def __post_init__(self) -> None:
        self.does("open", **self.opened)

    def does(self, does: str, **arguments: Any) -> Any:
        return self.devices.ask(device=self.name, does=does, **arguments)

    def create(self, table: str, row: dict[str, Any]) -> None:
        self.does("create", table=table, row=row)

    def create_all(self, table: str, rows: list[dict[str, Any]]) -> None:
        self.does("createAll", table=table, rows=rows)

    def signed_in(self, token: str) -> None:
        """Go on with this token, the database as it is."""
        self.opened["token"] = token
        self.does("signedIn", **self.opened)

    def update(self, table: str, id: str, **columns: Any) -> None:
        self.does("update", table=table, id=id, columns=columns)

    def remove(self, table: str, id: str) -> None:
        self.does("remove", table=table, id=id)

    def sync(self, dies: str | None = None, late: bool = False) -> None:
        self.does("sync", dies=dies, late=late)

    def rows(self) -> dict[str, dict[str, Any]]:
        """Its rows by table and id."""
        return by_id(self.does("rows"))

    def refused(self) -> list[dict[str, Any]]:
        return list(self.does("refused"))

    def pending(self) -> bool:
        return bool(self.does("pending"))

    def save(self) -> None:
        """Have everything on its disk."""
        self.does("save")

    def close(self) -> None:
        if self.devices.process.poll() is None:
            self.does("close")

    def reopened(self, devices: Devices) -> "Device":
        """The device after its process ended: what was on its disk, in another one."""
        return Device(devices, self.name, self.opened)
