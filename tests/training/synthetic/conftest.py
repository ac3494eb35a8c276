import numpy as np
import pytest

from training.synthetic.camera import MARGIN, Camera, guided_camera
from training.synthetic.identity import sample_identity
from training.synthetic.light import Light
from training.synthetic.scene import build_scene
from training.synthetic.sites import find_sites


def _cheek(sites):
    return int(np.argmin(np.linalg.norm(sites.place - np.array([40.0, -30.0, 78.0]), axis=1)))


@pytest.fixture(scope="session")
def cheek_close_up():
    """Returns a function: ITA → (scene of a cheek at 8 px/mm, place, normal)."""
    built = {}

    def of(ita):
        if ita not in built:
            who = sample_identity(7, ita=ita, freckles=0.0, hair="back", masculinity=0.0)
            sites = find_sites(who)
            i = _cheek(sites)
            camera = Camera(200, 200, 25.0, tuple(sites.place[i]), 8.0 / MARGIN, distance_mm=420.0)
            built[ita] = build_scene(who, camera, Light(), 1.0), sites.place[i], sites.normal[i]
        return built[ita]

    return of


@pytest.fixture(scope="session")
def guided_scenes():
    """One face at half size from the front and from the left, and its sites."""
    who = sample_identity(7, ita=40.0)
    scenes = {v: build_scene(who, guided_camera(v, 300, 400, MARGIN), Light(), 1.0) for v in ("front", "left")}
    return scenes, find_sites(who)
