"""The API held to its document by many random requests, with other seeds and operations chained by their answers.

    python -m tests.soak.contract [--examples 200] [--runs 3] [--seed 1]

Each run is a fresh server with a patient who has records. `tests/server/test_contract.py` is its short slice.
"""

import argparse
import logging
import tempfile
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from server.application.factory import create_app
from server.foundation.config import Config
from server.migrations.runner import upgrade
from tests.contract import Outcome, hold

PERSON = {"email": "kim@example.org", "password": "correct horse battery"}
ADULT = {**PERSON, "name": "Kim", "role": "patient", "born_on": "1990-01-01", "country": "NO"}


def main(argv: Sequence[str] | None = None) -> None:
    """Run it; raises AssertionError with the requests that broke the document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=200, help="random ones an operation")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1, help="of the first run")
    options = parser.parse_args(argv)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    for seed in range(options.seed, options.seed + options.runs):
        with tempfile.TemporaryDirectory(prefix="acnetrack-contract-") as folder:
            outcome = run(Path(folder), options.examples, seed)
        assert not outcome.failures, "\n\n".join(outcome.failures[:20])
        by_status = Counter[int]()
        for (_, status), count in outcome.statuses.items():
            by_status[status] += count
        summary = ", ".join(f"{count} × {status}" for status, count in sorted(by_status.items()))
        print(f"seed {seed}: {by_status.total()} requests, {outcome.checks.total()} checks; {summary}", flush=True)


def run(folder: Path, examples: int, seed: int) -> Outcome:
    """Hold a fresh server to its document."""
    stores = {"photo_dir": folder / "photos", "key_dir": folder / "keys", "model_store_dir": folder / "models"}
    app = create_app(Config(database_url=f"sqlite:///{folder / 'acnetrack.db'}", **stores))
    engine = app.extensions["acnetrack.engine"]
    upgrade(engine)
    client = app.test_client()
    client.post("/v1/accounts", json=ADULT)
    phone, other = (client.post("/v1/devices", json={**PERSON, "name": name}).json for name in ("Phone", "Tablet"))
    headers = {"Authorization": f"Bearer {phone['token']}"}
    timeline_id = client.get("/v1/timelines", headers=headers).json["timelines"][0]["id"]
    visit = {"id": "visit-0001", "recorded_at": "2026-03-01T08:30:00+01:00", "guided": True}
    client.post(f"/v1/timelines/{timeline_id}/sync", json={"visits": {"created": [visit]}}, headers=headers)
    known = {"timeline_id": timeline_id, "device_id": other["id"], "table": "visits", "line": "lesions"}
    try:
        outcome = hold(app, phone["token"], known, examples, seed, stateful=True)
        assert client.get("/v1/account", headers=headers).status_code == 200, (
            "it signed itself out: the rest proved little"
        )
        return outcome
    finally:
        engine.dispose()


if __name__ == "__main__":
    main()
