"""A new password by a recovery code."""

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from server.foundation.http.rate_limits import RECOVERY, limited
from server.pages import browser_session as web
from server.people.accounts.passwords import WeakPassword
from server.people.credentials import recovery
from server.people.credentials.standing_in import CodesWait

blueprint = Blueprint("recovering", __name__)


@blueprint.get("/recovery")
def page() -> str:
    """Show the form."""
    return render_template("recovery.html")


@blueprint.post("/recovery")
@limited(*RECOVERY)
def recover() -> tuple[str, int] | Response:
    """Set the new password and go to sign in with it; the form again where something is wrong."""
    email, new = request.form.get("email", ""), request.form.get("new_password", "")
    try:
        recovery.recover(email, request.form.get("code", ""), new)
    except (recovery.WrongRecoveryCode, CodesWait, WeakPassword) as wrong:
        return render_template("recovery.html", email=email, problem=wrong.text), wrong.status
    web.sign_out()
    flash("Your new password is set. Sign in with it; devices of an account without an authenticator were signed out.")
    return redirect(web.SIGN_IN_PAGE)
