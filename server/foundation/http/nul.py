"""Text that no database keeps: PostgreSQL takes no NUL, and nobody types one."""

from flask import Flask, request

from server.foundation.http.errors import Problem, for_program

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class NulCharacter(Problem):
    """The address or a page's form holds a NUL; bodies of the API are read by its routes, JSON by `json_text`."""

    code = "malformed"
    detail = "The request holds a NUL character (%00); remove it before sending it again."


def init_app(app: Flask) -> None:
    """Refuse such requests before anything looks for a row by them."""

    @app.before_request
    def _refuse() -> None:
        texts = [request.path, *request.args.values()]
        if request.mimetype in FORMS and not for_program():
            texts += request.form.values()
        if any("\0" in text for text in texts):
            raise NulCharacter
