import pytest
from selenium.webdriver.common.by import By

from tests.browser.app.phones import Phone
from tests.browser.app.sites import Site


def lives_in(phone: Phone, country: str) -> None:
    phone.opens("#/me", "Me")
    chosen = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change'))"
    phone.driver.execute_script(chosen, phone.element("#country"), country)


def numbers(phone: Phone) -> list[str | None]:
    return [link.get_attribute("href") for link in phone.driver.find_elements(By.CSS_SELECTOR, ".numbers a")]


def test_a_low_mood_leads_to_help_at_once_and_is_saved(phone: Phone) -> None:
    phone.begins_alone()
    lives_in(phone, "DE")
    phone.checks_in(1)
    phone.sees("Call a person you trust, or your doctor.")
    assert numbers(phone) == ["tel:112", "tel:08001110111"]
    phone.sees("not yet confirmed by a person")
    phone.sees("Nobody watches over what you enter here.")
    phone.opens("#/today", "Today")
    phone.sees("Mood: 1 of 10")


def test_what_the_operator_confirmed_comes_first_without_a_network_too(phone: Phone, app_site: Site) -> None:
    def helped() -> bool:
        phone.opens("#/me", "Me")
        phone.opens("#/help", "Help now")
        return "Numbers that this server's operator checked on" in phone.text

    phone.begins_alone()
    lives_in(phone, "NO")
    phone.until(helped, "number that the operator confirmed")
    app_site.stop()
    try:
        assert helped()
        assert numbers(phone) == ["tel:113", "tel:116123"]
    finally:
        app_site.start()


@pytest.mark.parametrize("note", ["I want to die", "ich will nicht mehr leben", "أريد أن أموت"])
def test_an_alarming_word_in_any_language_leads_to_help(phone: Phone, note: str) -> None:
    phone.begins_alone()
    phone.tap("Pain, itch, dryness, a note")
    phone.fills(note=note)
    phone.tap("Save")
    phone.sees("Talk to somebody")


def test_a_note_about_skin_leads_nowhere(phone: Phone) -> None:
    phone.begins_alone()
    phone.tap("Pain, itch, dryness, a note")
    phone.fills(note="A new spot on the chin. The cream is dying out, buy more.")
    phone.tap("Save")
    phone.sees("Entered for today")


def test_a_red_flag_leads_to_plain_advice(phone: Phone) -> None:
    phone.begin()
    phone.tap("Try it without an account")
    phone.sees("Not for this app")
    phone.tap("Swelling of the face, lips or tongue, or trouble breathing")
    phone.tap("A dark spot that is new or changes")
    phone.tap("Go on")
    phone.sees("Get help now")
    phone.sees("See a doctor in the next days")
    assert phone.element(".advice a[href^='tel:']").is_displayed()
    phone.tap("I have read it. Begin")
    phone.sees("How are you today?")
