"""Signing in and out of the pages: the password, then the second factor where there is one."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from server.foundation.http.rate_limits import SECOND_STEP, SIGN_IN, limited
from server.pages import browser_session as web
from server.people.accounts.account import WrongCredentials, authenticate
from server.people.credentials import second_factor, standing_in

blueprint = Blueprint("signing", __name__)


@blueprint.get("/sign-in")
def sign_in_page() -> str | Response:
    """Show the form, or go on where somebody is signed in already."""
    wanted = web.safe_next(request.args.get("next"))
    return redirect(wanted) if web.current_user() else render_template("sign_in.html", next=wanted)


@blueprint.post("/sign-in")
@limited(*SIGN_IN)
def sign_in() -> tuple[str, int] | Response:
    """Go on with the second factor, or where the person was going; the form again where the credentials are wrong."""
    email, wanted = request.form.get("email", ""), web.safe_next(request.form.get("next"))
    try:
        user = authenticate(email, request.form.get("password", ""))
    except WrongCredentials as wrong:
        return render_template("sign_in.html", next=wanted, email=email, problem=wrong.text), wrong.status
    if second_factor.enrolled(user):
        web.await_second_factor(user)
        return redirect(url_for("web.signing.second_step_page", next=wanted))
    web.sign_in(user)
    return redirect(wanted)


@blueprint.get("/sign-in/second-factor")
def second_step_page() -> str | Response:
    """Ask for the digits of whoever gave the right password in this browser."""
    if web.awaited() is None:
        return redirect(web.SIGN_IN_PAGE)
    return render_template("second_step.html", next=web.safe_next(request.args.get("next")))


@blueprint.post("/sign-in/second-factor")
@limited(*SECOND_STEP)
def second_step() -> tuple[str, int] | Response:
    """Sign in by the digits, or a recovery code; the form again where they are wrong."""
    user, wanted = web.awaited(), web.safe_next(request.form.get("next"))
    if user is None:
        return redirect(web.SIGN_IN_PAGE)
    try:
        second_factor.use(user, request.form.get("code", ""))
    except (second_factor.WrongSecondFactor, second_factor.SecondFactorRequired) as wrong:
        return render_template(
            "second_step.html", next=wanted, problem=second_factor.WrongSecondFactor.detail
        ), wrong.status
    except standing_in.CodesWait as wait:
        return render_template("second_step.html", next=wanted, problem=wait.text), wait.status
    web.sign_in(user)
    return redirect(wanted)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End the page session."""
    web.sign_out()
    session.clear()
    return redirect(web.SIGN_IN_PAGE)
