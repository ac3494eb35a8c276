"""A drawn face, and asking for its assessment."""

import io

import pytest
from PIL import Image, ImageDraw
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart


@pytest.fixture
def face():
    """Draws a face with spots, as a file of some kind: `face(spots=5, kind="PNG")`."""

    def draw(spots=8, kind="JPEG"):
        image = Image.new("RGB", (384, 512), (120, 130, 140))
        pen = ImageDraw.Draw(image)
        pen.ellipse((48, 32, 336, 480), fill=(205, 155, 130))
        for spot in range(spots):
            x, y = 100 + 46 * (spot % 4), 120 + 62 * (spot // 4)
            pen.ellipse((x, y, x + 12, y + 12), fill=(170, 70, 70))
        buffer = io.BytesIO()
        image.save(buffer, kind)
        return buffer.getvalue()

    return draw


@pytest.fixture
def ask(patient):
    """Sends photos by their views: `ask(front=face(), guided="true")`; bytes are files, text is a field."""

    def send(who=patient, **parts):
        form = {
            name: FileStorage(io.BytesIO(part), f"IMG-{name}.jpg") if isinstance(part, bytes) else part
            for name, part in parts.items()
        }
        boundary, body = encode_multipart(form)
        return who.post("/v1/assessments", data=body, content_type=f"multipart/form-data; boundary={boundary}")

    return send
