"""A guardian's pages: consenting, seeing and ending what is shared, a copy, and erasing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from server.foundation.http.errors import Problem
from server.foundation.http.rate_limits import CODES_HANDED_OVER, INVITATIONS, PROOF, SIGN_UP, limited
from server.guardianship import consenting, inviting, sharing, wards
from server.own_data import wards as own_data
from server.pages import browser_session as web
from server.pages.browser_session import page_login_required
from server.pages.reader import reader
from server.people.account_schemas import NewAccount
from server.people.accounts.account import create_account
from server.people.guardians.consent import CURRENT_VERSION, consent_text, consented
from server.people.guardians.models import Guardianship
from server.people.guardians.rights import stage
from server.sharing.grants.models import Grant

blueprint = Blueprint("guardian", __name__, url_prefix="/guardian")
T = TypeVar("T")


@dataclass(frozen=True)
class Ward:
    """A child as their guardian sees them."""

    guardianship: Guardianship
    stage: str
    consented: bool
    grants: list[Grant]


@blueprint.get("/sign-up")
def sign_up_page() -> str:
    """Show the form."""
    return render_template("guardian_sign_up.html", given={}, errors={})


@blueprint.post("/sign-up")
@limited(*SIGN_UP)
def sign_up() -> tuple[str, int] | Response:
    """Make a guardian's account and sign in; the form again where something is wrong."""
    form = {name: request.form.get(name, "") for name in ("email", "name", "password")}
    try:
        account = NewAccount().load({**form, "role": "guardian", "adult": request.form.get("adult") == "yes"})
        web.sign_in(create_account(**account))
    except ValidationError as wrong:
        return render_template("guardian_sign_up.html", given=form, errors=wrong.messages), 422
    except Problem as problem:
        return render_template("guardian_sign_up.html", given=form, errors={"email": [problem.text]}), problem.status
    return redirect(url_for("web.guardian.page"))


@blueprint.get("")
@page_login_required
def page() -> str:
    """Show the children whose guardian the reader is, and those who ask."""
    return _shown()


@blueprint.post("/consent")
@page_login_required
@limited(*CODES_HANDED_OVER)
def consent() -> tuple[str, int] | Response:
    """Consent for the child who asked."""
    form = request.form
    how = {"code": form["code"]} if form.get("code") else {"invitation_id": form.get("invitation_id", "")}
    return _done(
        lambda: consenting.consent(reader(), form.get("text_version", ""), **how),
        lambda guardianship: f"You consented for {guardianship.child.name}, who can now use everything.",
    )


@blueprint.post("/<child_id>/consent")
@page_login_required
def consent_again(child_id: str) -> tuple[str, int] | Response:
    """Consent again."""
    return _done(
        lambda: consenting.consent_again(reader(), child_id, request.form.get("text_version", "")),
        lambda guardianship: f"You consented for {guardianship.child.name} again.",
    )


@blueprint.post("/<child_id>/withdraw")
@page_login_required
def withdraw(child_id: str) -> tuple[str, int] | Response:
    """Withdraw consent."""
    return _done(
        lambda: consenting.withdraw(reader(), child_id),
        lambda _: "Withdrawn. Nothing more is stored, and nobody else sees what was.",
    )


@blueprint.post("/<child_id>/grants")
@page_login_required
@limited(*INVITATIONS)
def share(child_id: str) -> tuple[str, int] | Response:
    """Share the child's timeline with a dermatologist."""
    email, scope = request.form.get("email", ""), "photos" if request.form.get("scope") == "photos" else "records"
    return _done(
        lambda: sharing.share_for(reader(), child_id, email, scope, None),
        lambda grant: f"Shared with {grant.dermatologist.name}.",
    )


@blueprint.post("/<child_id>/grants/<grant_id>")
@page_login_required
def revoke(child_id: str, grant_id: str) -> tuple[str, int] | Response:
    """End a sharing."""
    return _done(lambda: sharing.revoke_for(reader(), child_id, grant_id), lambda _: "That sharing has ended.")


@blueprint.post("/<child_id>/copy")
@page_login_required
@limited(*INVITATIONS)
def copy(child_id: str) -> Response:
    """Download a copy of the child's records."""
    return own_data.copy_for(reader(), child_id)


@blueprint.post("/<child_id>/erase")
@page_login_required
@limited(*PROOF)
def erase(child_id: str) -> tuple[str, int] | Response:
    """Erase everything that is the child's."""
    return _done(
        lambda: own_data.erase_for(reader(), child_id, request.form.get("password", "")),
        lambda erased: f"Erased. Backups, which nobody reads, hold rows until {erased.backups_until:%-d %b %Y}.",
    )


def _done(action: Callable[[], T], message: Callable[[T], str]) -> tuple[str, int] | Response:
    """Return to the page after `action`, saying so, or show the page with why not."""
    try:
        flash(message(action()))
    except Problem as problem:
        return _shown(problem.text), problem.status
    return redirect(url_for("web.guardian.page"))


def _shown(problem: str | None = None) -> str:
    guardian = reader()
    children = [_ward(each) for each in wards.guardianships_of(guardian) if each.guardian_id == guardian.id]
    text = {"version": CURRENT_VERSION, "paragraphs": consent_text().strip().split("\n\n")}
    asking = inviting.waiting_for(guardian)
    return render_template("guardian.html", wards=children, asking=asking, text=text, problem=problem)


def _ward(guardianship: Guardianship) -> Ward:
    at = stage(guardianship.child)
    grants = [] if at == "of_age" else list(sharing.grants_seen_by(guardianship.guardian, guardianship.child_id))
    return Ward(guardianship, at, consented(guardianship.child), grants)
