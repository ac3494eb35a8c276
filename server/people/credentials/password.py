"""The password of somebody who is signed in: asked for once more, and changed."""

from server.foundation import db
from server.foundation.http.errors import Problem
from server.people.accounts.models import Device, User
from server.people.accounts.passwords import hash_password, matches, refuse_weak
from server.people.credentials.devices import revoke_all


class WrongPassword(Problem):
    """Somebody signed in gave another password than their own."""

    status = 403
    code = "wrong_password"
    detail = "This is not your password; what you asked for needs it once more."


def require_password(user: User, password: str) -> None:
    """Check that whoever is signed in as `user` knows the password. Raises WrongPassword."""
    if not matches(password, user.password_hash):
        raise WrongPassword


def change_password(device: Device, password: str, new_password: str) -> None:
    """Give whoever is signed in on `device` a new password, and sign them out everywhere else.

    Raises:
        WrongPassword: `password` is not theirs.
        WeakPassword: the new one is easily guessed.
    """
    require_password(device.user, password)
    refuse_weak(new_password, device.user.role, device.user.email, device.user.name)
    password_hash = hash_password(new_password)
    with db.write() as session:
        user = session.get_one(User, device.user_id)
        user.password_hash = password_hash
        revoke_all(user, but=device)
