"""A first sync that takes many pages."""


def test_five_thousand_rows_of_one_push_arrive_page_by_page_and_once(phone, patient, visit, held_by):
    rows = [visit(f"visit-{n:04}") for n in range(5000)]
    assert patient.push(visits=rows) == []
    phone.sync()
    assert held_by(phone) == {"visits": {row["id"]: row for row in rows}}


def test_many_rows_of_a_device_that_was_long_offline_reach_the_server(phone, tablet, visit, settle):
    rows = [visit(f"visit-{n:04}") for n in range(1050)]
    phone.create_all("visits", rows)
    assert len(settle(phone, tablet)["visits"]) == 1050
