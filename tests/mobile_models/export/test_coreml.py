"""The Core ML package's structure, as far as Linux can look into it."""

import json
import zipfile

import pytest

from mobile_models.export import coreml
from mobile_models.export.coreml import PACKAGE, SPEC, WEIGHTS, CoreMLWrong, check


@pytest.fixture(scope="module")
def package(exported):
    with zipfile.ZipFile(exported / "lesions.mlpackage.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(package, path):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in package.items():
            archive.writestr(name, data)
    return path


def test_it_is_an_ml_program_with_an_image_in_and_four_outputs(exported):
    check(exported / "lesions.mlpackage.zip", 640)


def test_its_weights_are_half_precision_and_its_items_have_settled_names(package):
    assert len(package[f"{PACKAGE}/{WEIGHTS}"]) < 5_500_000
    items = json.loads(package[f"{PACKAGE}/Manifest.json"])["itemInfoEntries"]
    assert sorted(items) == ["acnetrack-model.mlmodel", "acnetrack-weights"]


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda spec: spec.description.metadata.userDefined.clear(), "labels"),
        (lambda spec: spec.description.output.pop(), "outputs"),
        (lambda spec: spec.description.output.reverse(), "outputs"),
        (lambda spec: setattr(spec.description.input[0].type.imageType, "width", 320), "input"),
        (lambda spec: setattr(spec.description.input[0], "name", "pixels"), "input"),
        (lambda spec: spec.neuralNetwork.SetInParent(), "no ML program"),
    ],
    ids=["labels", "three outputs", "other order", "other size", "other name", "other kind"],
)
def test_another_structure_is_noticed(package, tmp_path, spoil, named):
    import coremltools

    spec = coremltools.proto.Model_pb2.Model.FromString(package[f"{PACKAGE}/{SPEC}"])
    spoil(spec)
    path = write({**package, f"{PACKAGE}/{SPEC}": spec.SerializeToString()}, tmp_path / "spoilt.zip")
    with pytest.raises(CoreMLWrong, match=named):
        check(path, 640)


def test_missing_weights_are_noticed(package, tmp_path):
    path = write({name: data for name, data in package.items() if not name.endswith("weight.bin")}, tmp_path / "x.zip")
    with pytest.raises(CoreMLWrong, match="names what it does not hold"):
        check(path, 640)


def test_the_report_says_that_it_was_not_run(exported):
    assert coreml.NOT_RUN in (exported / "PARITY.md").read_text()
