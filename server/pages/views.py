"""The pages: one blueprint made of a file a page, with the words and values that every template shares."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint
from flask_wtf.csrf import CSRFError

from mobile_models.grading import iga
from mobile_models.lesions import TYPES
from mobile_models.marks import MARKS
from server.pages import (
    account,
    guardian,
    home,
    notes,
    own_data,
    photo,
    progress,
    recovering,
    second_factor,
    sharing,
    signing,
    signing_up,
    visit,
)
from server.pages.browser_session import current_user
from server.pages.forms import refuse_form
from server.people.guardians.handing_over import handed_over_on
from server.progress.released import released_model
from server.progress.words.reported import stop_words
from server.timeline.assessment import Grade

blueprint = Blueprint("web", __name__)
for page in (
    home,
    signing,
    signing_up,
    progress,
    visit,
    photo,
    notes,
    sharing,
    own_data,
    account,
    recovering,
    second_factor,
    guardian,
):
    blueprint.register_blueprint(page.blueprint)
blueprint.app_errorhandler(CSRFError)(refuse_form)


@blueprint.app_context_processor
def shared_values() -> dict[str, Any]:
    """Return what every template may use; `reader` is a function, so that an error page asks nobody."""
    return {
        "current_user": current_user,
        "handed_over_on": handed_over_on,
        "released_model": released_model(),
        "lesion_words": [(kind, MARKS[kind].letters, kind) for kind in TYPES],
    }


@blueprint.app_template_filter("day")
def day(when: date | datetime) -> str:
    """Return a date as people write it."""
    return f"{when:%-d %b %Y}"


@blueprint.app_template_filter("certainty")
def certainty(grade: Grade) -> str:
    """Return how probable the estimate itself is."""
    return f"{grade.distribution.get(str(grade.value), 0.0) * 100:.0f} % probable"


blueprint.app_template_filter("stop_words")(stop_words)


@blueprint.app_template_filter("iga_word")
def iga_word(value: int) -> str:
    """Return the IGA's own word for a grade."""
    return iga.WORDS[value]
