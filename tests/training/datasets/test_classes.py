"""What annotators' class names mean."""

import pytest

from mobile_models.lesions import TYPES
from training.datasets.background import UNTYPED_BACKGROUND
from training.datasets.classes import IGNORED, ClassNameError, parse_classes, type_named, types_of
from training.datasets.collection import open_collection
from training.datasets.photo import UNKNOWN

COMEDO, PAPULE, PUSTULE, NODULE = range(len(TYPES))


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("open_comedo", COMEDO),
        ("Closed Comedones", COMEDO),
        ("closed-comedo", COMEDO),
        ("comedos", COMEDO),
        ("Blackheads", COMEDO),
        ("WHITEHEAD", COMEDO),
        ("papules", PAPULE),
        ("Acne Papule", PAPULE),
        ("pustule ", PUSTULE),
        ("Nodules", NODULE),
        ("cysts", NODULE),
        ("acne", UNKNOWN),
        ("Lesions", UNKNOWN),
        ("acne_lesion", UNKNOWN),
        ("zit", None),
        ("scar", None),
        ("mild", None),
    ],
)
def test_a_class_name_means(word, kind):
    assert type_named(word) == kind


def test_an_unknown_name_is_refused_with_the_known_ones_and_the_remedy():
    with pytest.raises(
        ClassNameError, match=r"\['scar', 'zit'\] not known.*--classes 'scar=lesion,zit=lesion'.*papule"
    ):
        types_of(["zit", "papule", "scar"])


def test_names_are_given_a_meaning_or_ignored():
    own = parse_classes("zit=lesion, scar=ignore")
    assert types_of(["zit", "papule", "scar"], own) == {"zit": UNKNOWN, "papule": PAPULE, "scar": IGNORED}


@pytest.mark.parametrize("text", ["zit", "zit=", "=lesion"])
def test_a_meaning_that_is_none_is_refused(text):
    with pytest.raises(ClassNameError, match="is not name=meaning"):
        parse_classes(text)


def test_a_name_that_the_folder_has_not_is_refused():
    with pytest.raises(ClassNameError, match=r"names \['zits'\], which this folder has not; it has \['zit'\]"):
        types_of(["zit"], {"zits": "lesion"})


@pytest.fixture
def clinic(tmp_path, draw):
    (tmp_path / "classes.txt").write_text("papule\nscar\nnodule\n")
    for number, text in enumerate(("0 .5 .5 .1 .1\n1 .2 .2 .1 .1", "2 .5 .5 .1 .1\n0 .3 .3 .1 .1")):
        draw(tmp_path / f"{number}.png", number)
        (tmp_path / f"{number}.txt").write_text(text)
    return tmp_path


def test_boxes_of_an_ignored_class_are_left_out(clinic):
    photos = open_collection(clinic, classes={"scar": "ignore"}).photos
    assert [photo.types.tolist() for photo in photos] == [[PAPULE], [NODULE, PAPULE]]


@pytest.mark.parametrize(
    ("boxed", "weights"),
    [
        (None, [[0, 1, 0, 1], [0, 1, 0, 1]]),
        ("present", [[0, 1, 0, 0], [0, 1, 0, 1]]),
        (["papules", "pustule"], [[0, 1, 1, 0], [0, 1, 1, 0]]),
        (["lesion"], [pytest.approx(UNTYPED_BACKGROUND)] * 2),
    ],
    ids=["the declared classes", "those present", "those said", "untyped lesions"],
)
def test_unboxed_skin_counts_against(boxed, weights, clinic):
    photos = open_collection(clinic, classes={"scar": "ignore"}, boxed=boxed).photos
    assert [photo.background.tolist() for photo in photos] == weights


def test_a_class_declared_and_boxed_nowhere_is_said(clinic):
    (clinic / "classes.txt").write_text("papule\nscar\nnodule\npustule\n")
    notes = open_collection(clinic, classes={"scar": "ignore"}).notes
    assert any(note.startswith("pustule: among the classes, boxed nowhere") for note in notes)


def test_classes_without_names_have_to_be_named(clinic):
    (clinic / "classes.txt").unlink()
    with pytest.raises(ClassNameError, match=r"\['0', '1', '2'\] not known"):
        open_collection(clinic)
    photos = open_collection(clinic, classes={"0": "papule", "1": "ignore", "2": "cyst"}).photos
    assert photos[1].types.tolist() == [NODULE, PAPULE]
