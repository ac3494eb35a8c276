"""Photos spoilt as phones spoil them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from training.degrade import ORDINARY, SEVERE, Degradation, sample

FINE = np.random.default_rng(3).integers(90, 166, (96, 128, 3), dtype=np.uint8)
GREY = np.full((96, 128, 3), 128, dtype=np.uint8)


def _contrast(image: np.ndarray) -> float:
    return float(image.astype(float).std())


def test_a_degradation_that_changes_nothing_leaves_every_pixel() -> None:
    assert np.array_equal(Degradation().apply(FINE), FINE)


@pytest.mark.parametrize("seed", range(20))
def test_the_same_draw_spoils_a_photo_the_same_way_again(seed: int) -> None:
    first, second = (sample(np.random.default_rng(seed)) for _ in range(2))
    assert first == second
    spoilt = first.apply(FINE)
    assert np.array_equal(spoilt, second.apply(FINE))
    assert (spoilt.shape, spoilt.dtype) == (FINE.shape, np.uint8)


def test_sampling_draws_dim_rooms_blur_shake_noise_denoising_and_compression() -> None:
    drawn = [sample(np.random.default_rng(seed)) for seed in range(400)]
    shares = {
        "dim": np.mean([degradation.light < 0.5 for degradation in drawn]),
        "blurred": np.mean([degradation.blur > 0 for degradation in drawn]),
        "shaken": np.mean([degradation.shake > 0 for degradation in drawn]),
        "noisy": np.mean([degradation.noise > 0 for degradation in drawn]),
        "denoised": np.mean([degradation.denoise > 0 and degradation.noise > 0 for degradation in drawn]),
        "compressed": np.mean([0 < degradation.jpeg <= 95 for degradation in drawn]),
    }
    assert all(0.05 < share < 0.9 for share in shares.values()), shares


def test_a_dim_room_is_noisy_in_the_light_that_is_left() -> None:
    dim = Degradation(light=0.25, noise=3, seed=1).apply(GREY).astype(float)
    assert dim.mean() == pytest.approx(32, abs=0.3)
    assert dim.std() == pytest.approx(3 * np.sqrt(0.5 + 0.5 * 32 / 128), rel=0.05)
    scaled_back = dim * 4
    assert scaled_back.std() > 3 * Degradation(noise=3, seed=1).apply(GREY).astype(float).std() / 1.1


def test_denoising_takes_fine_detail_with_the_noise() -> None:
    noisy = Degradation(noise=12, seed=1)
    assert _contrast(replace(noisy, denoise=1.0).apply(GREY)) < 0.5 * _contrast(noisy.apply(GREY))
    assert _contrast(replace(noisy, denoise=1.0).apply(FINE)) < _contrast(FINE)


def test_shake_smears_along_its_direction_only() -> None:
    point = np.zeros((65, 65, 3), dtype=np.uint8)
    point[32, 32] = 255
    across = Degradation(shake=0.2, shake_degrees=0).apply(point)[..., 0] > 0
    upward = Degradation(shake=0.2, shake_degrees=90).apply(point)[..., 0] > 0
    assert (across.any(0).sum(), across.any(1).sum()) == (15, 1)
    assert np.array_equal(across.T, upward)


def test_a_crop_is_blurred_as_the_whole_photo_is() -> None:
    whole = Degradation(blur=0.02).apply(FINE)
    crop = Degradation(blur=0.02).apply(FINE[:, :64], width_px=FINE.shape[1])
    assert np.array_equal(crop[:, :48], whole[:, :48])


def test_a_lamp_colours_a_photo_red_first() -> None:
    warm = Degradation(white=(1.2, 1.0, 0.8)).apply(GREY)
    assert warm[0, 0].tolist() == [154, 128, 102]


def test_every_named_strength_spoils_and_the_severe_ones_lose_fine_detail() -> None:
    photo = cv2.resize(FINE, (1280, 960), interpolation=cv2.INTER_NEAREST)
    for name, degradation in {**ORDINARY, **SEVERE}.items():
        assert not np.array_equal(degradation.apply(photo), photo), name
    assert [_contrast(SEVERE[f"blur {s} %"].apply(photo)) for s in ("0.25", "0.5", "1")] == sorted(
        (_contrast(SEVERE[f"blur {s} %"].apply(photo)) for s in ("0.25", "0.5", "1")), reverse=True
    )
