"""Running the machine for a number of steps, the same ones each time for one seed."""

import math
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.server.sync.model.clinic import Clinic
from tests.server.sync.model.machine import Machine
from tests.server.sync.model.replica import Replica
from tests.server.sync.model.site import Site
from tests.server.sync.model.wire import Wire

STEPS_A_RUN = 50


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
        Violation: a promise was broken; with `shrink` the shortest way there that was found is printed.
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
    run_state_machine_as_test(seed(number)(Bound), settings=how)
    return Bound.steps
