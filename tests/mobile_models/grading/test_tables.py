"""The tables say where every threshold is from."""

import pytest

INSTRUMENTS = ["IGA", "GEA", "Hayashi", "GAGS"]


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_every_threshold_has_a_source_or_is_called_unvalidated(name, tables):
    table = tables[name]
    assert set(table["sources"]) == set(table) - {"name", "validated", "sources"}
    assert all("unvalidated" in s or any(c.isdigit() for c in s) for s in table["sources"].values())


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_no_instrument_claims_to_be_validated(name, tables):
    assert tables[name]["validated"] is False


@pytest.mark.parametrize("name", ["IGA", "GEA"])
def test_thresholds_rise(name, tables):
    for key in ("inflammatory_up_to", "comedones_up_to"):
        assert tables[name][key] == sorted(set(tables[name][key]))
    assert tables[name]["nodules_from"] == sorted(tables[name]["nodules_from"])
