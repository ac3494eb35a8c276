"""A server that is backed up, stopped, and started again on what was restored."""

import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from server.application.factory import create_app
from server.operations.backup import back_up
from server.operations.restore import restore


def stop(app: Flask) -> None:
    """Let go of the databases, as a process does that ends."""
    for name in ("acnetrack.engine", "acnetrack.journal"):
        app.extensions[name].dispose()


@dataclass
class Server:
    """One server over its restarts; people reach the one that runs by `reach`."""

    app: Flask
    config: object
    clock: object
    folder: Path

    def back_up(self):
        self.clock.pass_by(seconds=1)
        return back_up(self.config, self.folder, self.clock)

    def restore(self, backup):
        stop(self.app)
        done = restore(self.config, backup, over=True, clock=self.clock)
        self.app = create_app(self.config, self.clock)
        self.app.testing = True
        return done

    def reach(self, *people):
        for someone in people:
            someone.client = self.app.test_client()


@pytest.fixture
def server(app, config, clock, tmp_path):
    server = Server(app, config, clock, tmp_path / "backups")
    yield server
    stop(server.app)


@pytest.fixture
def with_photo(visit_row, photo_row, jpeg):
    """Gives a patient a visit with an uploaded photo, named by a number."""

    def live(patient, number=1, data=jpeg):
        visit, photo = f"visit-{number:04}", f"photo-{number:04}"
        rows = {"visits": [visit_row(visit)], "photos": [photo_row(data, photo, visit_id=visit)]}
        assert patient.push(**rows) == []
        sent = patient.put(f"{patient.timeline}/photos/{photo}", data=data, content_type="image/jpeg")
        assert sent.status_code == 204, sent.json

    return live


@pytest.fixture
def other_jpeg():
    """Another picture of 96 × 128 pixels."""
    buffer = io.BytesIO()
    Image.radial_gradient("L").resize((96, 128)).convert("RGB").save(buffer, "JPEG")
    return buffer.getvalue()
