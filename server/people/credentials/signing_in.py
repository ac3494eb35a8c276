"""Signing in: the password, and the second factor where there is one."""

from server.people.accounts.account import authenticate
from server.people.accounts.models import Device
from server.people.credentials import second_factor as factor
from server.people.credentials.devices import sign_in


def sign_in_app(
    email: str, password: str, name: str, second_factor: str | None = None, device_id: str | None = None
) -> tuple[Device, str]:
    """Return the app's device and its token.

    Raises:
        WrongCredentials: nobody's e-mail and password.
        SecondFactorRequired, WrongSecondFactor: the account has a second factor.
    """
    user = authenticate(email, password)
    factor.use(user, second_factor)
    return sign_in(user, "app", name, device_id)
