import base64

import pytest
from selenium.webdriver.common.by import By


def open_patient(driver, site: str, name: str = "Wim Worse") -> None:
    driver.get(f"{site}/patients")
    driver.find_element(By.LINK_TEXT, name).click()


def overflows(driver) -> bool:
    return driver.execute_script("return document.documentElement.scrollWidth > innerWidth")


def test_signing_in_leads_to_the_list_with_the_worst_on_top(as_phone, site: str) -> None:
    as_phone.get(f"{site}/")
    assert as_phone.current_url == f"{site}/patients"
    names = [link.text for link in as_phone.find_elements(By.CSS_SELECTOR, ".patient h2 a")]
    assert names == ["Wim Worse", "Bo Better"]


def test_nothing_is_wider_than_a_phone(as_phone, site: str) -> None:
    open_patient(as_phone, site)
    progress = as_phone.current_url
    visit = as_phone.find_element(By.CSS_SELECTOR, "a.shot").get_attribute("href")
    for address in (f"{site}/patients", progress, visit, f"{progress}/report", f"{site}/sign-up", f"{site}/nowhere"):
        as_phone.get(address)
        assert (address, overflows(as_phone)) == (address, False)


def test_nothing_is_wider_than_a_desk(as_desk, site: str) -> None:
    open_patient(as_desk, site)
    assert not overflows(as_desk)


CUT_OFF = """return [...document.querySelectorAll('td, th')].filter(cell =>
    cell.scrollWidth > cell.clientWidth + 1 || cell.scrollHeight > cell.clientHeight + 1 ||
    [...cell.parentElement.cells].some(other => Math.abs(other.offsetHeight - cell.offsetHeight) > 1)
).map(cell => cell.textContent)"""
OUTSIDE_ITS_DRAWING = """return [...document.querySelectorAll('svg.distribution text')].filter(text => {
    const [inner, outer] = [text, text.ownerSVGElement].map(one => one.getBoundingClientRect());
    return inner.left < outer.left - 1 || inner.right > outer.right + 1;
}).map(text => text.textContent)"""


@pytest.mark.parametrize("screen", ["as_phone", "as_desk"])
def test_no_cell_is_cut_off_and_no_label_leaves_its_drawing(request, screen: str, site: str) -> None:
    driver = request.getfixturevalue(screen)
    open_patient(driver, site)
    progress = driver.current_url
    visit = driver.find_element(By.CSS_SELECTOR, "a.shot").get_attribute("href")
    for address in (progress, visit, f"{progress}/report"):
        driver.get(address)
        assert driver.find_elements(By.TAG_NAME, "td")
        assert (address, driver.execute_script(CUT_OFF)) == (address, [])
        assert (address, driver.execute_script(OUTSIDE_ITS_DRAWING)) == (address, [])


def test_one_of_the_two_charts_shows(as_phone, site: str) -> None:
    open_patient(as_phone, site)
    charts = as_phone.find_elements(By.CSS_SELECTOR, "svg.progress")
    assert [chart.is_displayed() for chart in charts] == [True, False]
    as_phone.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False},
    )
    assert [chart.is_displayed() for chart in charts] == [False, True]


def test_the_text_in_the_chart_is_large_enough_to_read_on_a_phone(as_phone, site: str) -> None:
    open_patient(as_phone, site)
    height = "return document.querySelector('svg.progress text.tick').getBoundingClientRect().height"
    assert as_phone.execute_script(height) >= 11


def test_photos_load_and_their_lesions_lie_exactly_over_them(as_phone, site: str) -> None:
    open_patient(as_phone, site)
    as_phone.get(as_phone.find_element(By.CSS_SELECTOR, "a.shot").get_attribute("href"))
    boxes = as_phone.execute_script(
        """return [...document.querySelectorAll('.photo')].map(photo => {
            const [image, drawn] = ['img', 'svg'].map(tag => photo.querySelector(tag));
            const [a, b] = [image, drawn].map(one => one.getBoundingClientRect());
            return [image.naturalWidth, a.x - b.x, a.y - b.y, a.width - b.width, a.height - b.height];
        })"""
    )
    assert len(boxes) == 3
    assert all(box == pytest.approx([300, 0, 0, 0, 0], abs=0.6) for box in boxes)
    rings = as_phone.find_elements(By.CSS_SELECTOR, ".views .ring")
    assert len(rings) == 40 + 20


def test_lesions_can_be_hidden_and_shown_again(as_phone, site: str) -> None:
    open_patient(as_phone, site)
    switch = as_phone.find_element(By.CSS_SELECTOR, ".switch")
    drawn = as_phone.find_element(By.CSS_SELECTOR, ".lesions")
    assert drawn.is_displayed()
    switch.click()
    assert not drawn.is_displayed()
    switch.click()
    assert drawn.is_displayed()


def test_everything_can_be_read_and_used_without_scripts(start_browser, signing_in, site: str) -> None:
    driver = start_browser(scripts=False)
    signing_in(driver, site)
    open_patient(driver, site)
    assert driver.find_element(By.TAG_NAME, "h1").text == "Wim Worse"
    assert "on the face" in driver.find_element(By.TAG_NAME, "main").text
    drawn = driver.find_element(By.CSS_SELECTOR, ".lesions")
    driver.find_element(By.CSS_SELECTOR, ".switch").click()
    assert not drawn.is_displayed()


def test_pages_carry_no_script_and_break_no_content_policy(as_desk, site: str) -> None:
    as_desk.get_log("browser")
    open_patient(as_desk, site)
    assert as_desk.find_elements(By.TAG_NAME, "script") == []
    assert as_desk.get_log("browser") == []


def test_everything_that_can_be_pressed_is_large_enough_for_a_finger(as_phone, site: str) -> None:
    open_patient(as_phone, site)
    small = as_phone.execute_script(
        """return [...document.querySelectorAll('button, select, .button, .toggle, nav a')]
            .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 44)
            .map(one => one.outerHTML)"""
    )
    assert small == []


CONTRAST = """
const context = Object.assign(document.createElement('canvas'), {width: 1, height: 1})
    .getContext('2d', {willReadFrequently: true});
const parse = colour => { context.clearRect(0, 0, 1, 1); context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1); return [...context.getImageData(0, 0, 1, 1).data]; };
const luminance = ([r, g, b]) => { const [x, y, z] = [r, g, b].map(v => { v /= 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z; };
const behind = element => { for (let one = element; one; one = one.parentElement) {
    const colour = parse(getComputedStyle(one).backgroundColor); if (colour[3] === 255) return colour; }
    return [255, 255, 255, 255]; };
const texts = [...document.querySelectorAll('body *')].filter(one => one.checkVisibility()
    && !one.closest('.lesions') && !one.closest('.hidden-visually')
    && [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()));
return texts.map(one => {
    const style = getComputedStyle(one);
    const ink = luminance(parse(one instanceof SVGElement ? style.fill : style.color));
    const paper = luminance(behind(one));
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    return [ratio, one.outerHTML.slice(0, 120)];
}).filter(([ratio]) => ratio < 4.5);
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_of_wcag_aa(as_phone, site: str, scheme: str) -> None:
    chosen = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    as_phone.execute_cdp_cmd("Emulation.setEmulatedMedia", chosen)
    open_patient(as_phone, site)
    visit = as_phone.find_element(By.CSS_SELECTOR, "a.shot").get_attribute("href")
    for address in (as_phone.current_url, visit, f"{site}/patients"):
        as_phone.get(address)
        assert (address, as_phone.execute_script(CONTRAST)) == (address, [])


def test_the_report_prints_on_a_few_pages_of_a4(as_desk, site: str) -> None:
    open_patient(as_desk, site)
    as_desk.get(f"{as_desk.current_url}/report")
    printed = as_desk.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
    pdf = base64.b64decode(printed["data"])
    pages, boxes = pdf.count(b"/Type /Page\n"), pdf.count(b"/MediaBox [0 0 594.95996 841.91998]")
    assert 2 <= pages <= 4
    assert boxes == pages
