"""Forms that are sent without the token of their page."""

from flask import Response
from flask_wtf.csrf import CSRFError

from server.foundation.http.errors import Problem, from_problem


class FormExpired(Problem):
    """The form's token is missing, too old or of another sign-in."""

    code = "form_expired"
    detail = "This form is too old, or was not sent from its page; go back, reload the page and send it again."


def refuse_form(_error: CSRFError) -> Response:
    """Answer a form whose token does not fit."""
    return from_problem(FormExpired())
