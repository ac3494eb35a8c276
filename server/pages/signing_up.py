"""Signing up as a patient, in a browser; guardians have a page of their own, dermatologists a code and an app."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from server.foundation.http.errors import Problem
from server.foundation.http.rate_limits import SIGN_UP, limited
from server.pages import browser_session as web
from server.people.account_schemas import NewAccount
from server.people.accounts.ages import country_names
from server.people.guardians.consent import status
from server.timeline.signing_up import ask_to_sign_up

blueprint = Blueprint("signing_up", __name__)


@blueprint.get("/sign-up")
def page() -> str:
    """Show the form."""
    return _form({}, {})


@blueprint.post("/sign-up")
@limited(*SIGN_UP)
def sign_up() -> tuple[str, int] | Response:
    """Make a patient's account and sign in; the form again where something is wrong."""
    said = {name: request.form.get(name, "") for name in ("email", "name", "password", "born_on", "country")}
    try:
        user = ask_to_sign_up(**NewAccount().load({**said, "role": "patient"}))
    except ValidationError as wrong:
        return _form(said, wrong.messages_dict), 422
    except Problem as problem:
        return _form(said, {"email": [problem.text]}), problem.status
    web.sign_in(user)
    return redirect(url_for("web.account.page" if status(user) == "awaiting_consent" else "web.home.start"))


def _form(said: Mapping[str, str], errors: Mapping[str, Any]) -> str:
    given = {name: value for name, value in said.items() if name != "password"}
    return render_template("sign_up.html", given=given, errors=errors, countries=country_names())
