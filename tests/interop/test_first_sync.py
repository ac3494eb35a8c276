"""A first sync that takes many pages."""


def test_five_thousand_rows_of_one_push_arrive_page_by_page_and_once(phone, patient, visit, held_by):
    rows = [visit(f"visit-{n:04}") for n in range(5000)]
    assert patient.push(visits=rows) == []
    phone.sync()
    assert held_by(phone) == {"visits": {row["id"]: row for row in rows}}


def test_five_thousand_rows_of_an_offline_device_reach_the_server(phone, tablet, visit, settle):
    rows = [visit(f"visit-{n:04}") for n in range(5000)]
    phone.create_all("visits", rows)
    assert len(settle(phone, tablet)["visits"]) == 5000
