"""Signing in and out of the pages."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from server.accounts import web
from server.accounts.services import WrongCredentials, authenticate

blueprint = Blueprint("signing", __name__)


@blueprint.get("/sign-in")
def sign_in_page() -> str | Response:
    """Show the form, or go on where somebody is signed in already."""
    wanted = web.safe_next(request.args.get("next"))
    return redirect(wanted) if web.current_user() else render_template("sign_in.html", next=wanted)


@blueprint.post("/sign-in")
def sign_in() -> tuple[str, int] | Response:
    """Sign in and go where the person was going; the form again where the credentials are wrong."""
    email, wanted = request.form.get("email", ""), web.safe_next(request.form.get("next"))
    try:
        web.sign_in(authenticate(email, request.form.get("password", "")))
    except WrongCredentials as wrong:
        return render_template("sign_in.html", next=wanted, email=email, problem=wrong.text), wrong.status
    return redirect(wanted)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End the page session."""
    web.sign_out()
    return redirect(web.SIGN_IN_PAGE)
