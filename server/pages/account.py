"""One's own account: where one is signed in, the password, recovery codes, guardians, and coming of age."""

from typing import Any, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from server.foundation.http.errors import Problem
from server.foundation.http.rate_limits import INVITATIONS, PROOF, limited
from server.guardianship import inviting, wards
from server.guardianship.schemas import NewGuardianInvitation
from server.pages.browser_session import current_browser, page_login_required
from server.pages.reader import reader
from server.people.accounts.models import Device
from server.people.accounts.passwords import WeakPassword
from server.people.credentials import devices, password, recovery, standing_in
from server.people.guardians import handing_over
from server.people.guardians.rights import stage
from server.people.own_account import own_account

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
@page_login_required
def page() -> str:
    """Show the reader's account."""
    return _shown()


@blueprint.post("/devices/<device_id>")
@page_login_required
def revoke(device_id: str) -> Response:
    """Sign a device out."""
    try:
        devices.revoke_device(reader(), device_id)
    except devices.DeviceUnknown as unknown:
        flash(unknown.text)
    else:
        flash("Signed out. What it has not sent yet stays on it until somebody signs in there again.")
    return _back()


@blueprint.post("/password")
@page_login_required
@limited(*PROOF)
def change_password() -> tuple[str, int] | Response:
    """Change the password."""
    new, browser = request.form.get("new_password", ""), cast(Device, current_browser())
    try:
        password.change_password(browser, request.form.get("password", ""), new)
    except (password.WrongPassword, WeakPassword) as wrong:
        return _shown(wrong.text), wrong.status
    flash("Your password is changed, and every other device signed out.")
    return _back()


@blueprint.post("/recovery-codes")
@page_login_required
@limited(*PROOF)
def new_codes() -> str | tuple[str, int]:
    """Show ten new recovery codes, this once."""
    try:
        password.require_password(reader(), request.form.get("password", ""))
    except password.WrongPassword as wrong:
        return _shown(wrong.text), wrong.status
    return render_template("recovery_codes.html", codes=recovery.replace_codes(reader()))


@blueprint.post("/recovery")
@page_login_required
def take_recovery_back() -> tuple[str, int] | Response:
    """Undo what a recovery code was used for."""
    try:
        standing_in.take_back(reader())
    except standing_in.NothingAnnounced as nothing:
        return _shown(nothing.text), nothing.status
    flash("Taken back. Your former password is good again; make new recovery codes.")
    return _back()


@blueprint.post("/guardian")
@page_login_required
@limited(*INVITATIONS)
def ask_guardian() -> str | tuple[str, int] | Response:
    """Ask a guardian by e-mail, or show a code to hand over where no e-mail is given."""
    form = {"email": email} if (email := request.form.get("email", "").strip()) else {}
    try:
        _, code = inviting.invite(reader(), NewGuardianInvitation().load(form)["email"])
    except ValidationError:
        return _shown("This is no e-mail address; correct it, or leave it empty to get a code."), 422
    except Problem as problem:
        return _shown(problem.text), problem.status
    if code:
        return render_template("guardian_code.html", code=code, days=inviting.VALID_DAYS)
    flash("Asked. When they sign in here as a guardian with that email, they find your request.")
    return _back()


@blueprint.post("/guardian/<guardian_id>/photos")
@page_login_required
def choose_photos(guardian_id: str) -> Response:
    """Let a guardian have the photos in their copy of the records, or no longer."""
    wards.choose_photos(reader(), guardian_id, request.form.get("photos") == "yes")
    return _back()


@blueprint.post("/hand-over")
@page_login_required
def acknowledge() -> Response:
    """Say that one knows that no guardian has a say any longer."""
    handing_over.acknowledge(reader())
    return redirect("/")


def _shown(problem: str | None = None) -> str:
    user = reader()
    shown: dict[str, Any] = {"devices": devices.devices_of(user), "current": current_browser()}
    shown |= {"account": own_account(user), "guardianships": wards.guardianships_of(user), "stage": stage(user)}
    return render_template("account.html", problem=problem, **shown)


def _back() -> Response:
    return redirect(url_for("web.account.page"))
