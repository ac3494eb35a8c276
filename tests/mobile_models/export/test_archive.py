"""Zips that depend on nothing but what is in them."""

import os

from mobile_models.export.archive import write_zip


def test_time_owner_and_order_of_files_do_not_matter(tmp_path):
    for number, (name, order) in enumerate({"one": ("a", "b/c"), "two": ("b/c", "a")}.items()):
        for file in order:
            path = tmp_path / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file)
            os.utime(path, (1e9 + number, 1e9 + number))
            path.chmod(0o600 + number)
        write_zip(tmp_path / name, tmp_path / f"{name}.zip", "bundle")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
