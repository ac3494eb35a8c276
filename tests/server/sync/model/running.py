"""Running the machine for a number of steps, the same ones each time for one seed."""

import math
from collections.abc import Callable
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.internal.conjecture import engine
from hypothesis.stateful import run_state_machine_as_test

from tests.server.sync.model.clinic import Clinic
from tests.server.sync.model.machine import Machine
from tests.server.sync.model.replica import Replica
from tests.server.sync.model.site import Site
from tests.server.sync.model.wire import Wire

STEPS_A_RUN = 50
SHRINK_SECONDS = 60
"""How long the way to what was found is made shorter: each try is many requests."""


def run(
    site: Site,
    wire_to: Callable[[Site], Wire],
    steps: int,
    number: int = 0,
    replica: type[Replica] = Replica,
    shrink: bool = True,
) -> int:
    """Run about `steps` steps, the `number`-th series of them, and return how many it were.

    Raises:
        Violation: a promise was broken; with `shrink` the shortest way there that `SHRINK_SECONDS` find is printed.
    """

    class Bound(Machine):
        @staticmethod
        def make_clinic() -> Clinic:
            return Clinic(site, wire_to, replica)

    how = settings(
        max_examples=math.ceil(steps / STEPS_A_RUN),
        stateful_step_count=STEPS_A_RUN,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    with patch.object(engine, "MAX_SHRINKING_SECONDS", SHRINK_SECONDS):
        run_state_machine_as_test(seed(number)(Bound), settings=how)
    return Bound.steps
