"""Signing up, signing in, and the devices that came of it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from server import clock, db
from server.accounts.ages import Days, days, overridden
from server.accounts.models import Device, User
from server.accounts.passwords import hash_password, matches
from server.config import settings
from server.errors import Problem
from server.ids import digest, new_id, new_secret
from server.operations.journal import record
from server.timeline.models import Timeline


class EmailTaken(Problem):
    """Somebody signed up with this e-mail before."""

    status = 409
    code = "email_taken"
    detail = "An account with this e-mail exists; sign in, or use another e-mail."


class WrongCredentials(Problem):
    """No account has this e-mail and password."""

    status = 401
    code = "wrong_credentials"
    detail = "E-mail or password is wrong."


class DeviceUnknown(Problem):
    """The caller has no such device."""

    status = 404
    code = "device_unknown"
    detail = "You have no such device, or it is signed out already."


def create_account(
    email: str, name: str, password: str, role: str, born_on: date | None = None, country: str | None = None
) -> User:
    """Sign somebody up; a patient, who must say when they were born and where they live, gets their one timeline.

    Raises:
        EmailTaken: the e-mail, whatever its case, has an account.
        ValueError: a patient without `born_on` and `country`.
    """
    ahead = _days(born_on, country) if role == "patient" else Days()
    password_hash = hash_password(password)
    with db.write() as session:
        if user_by_email(email) is not None:
            raise EmailTaken
        user = User(
            id=new_id(),
            email=normalised(email),
            name=name.strip(),
            role=role,
            password_hash=password_hash,
            created_at=clock.now(),
            consent_on=ahead.consent_on,
            majority_on=ahead.majority_on,
        )
        session.add(user)
        session.flush()
        if role == "patient":
            session.add(Timeline(id=new_id(), patient_id=user.id, created_at=clock.now()))
    return user


def authenticate(email: str, password: str) -> User:
    """Return whose e-mail and password these are.

    Raises:
        WrongCredentials: nobody's; it does not say which of the two is wrong.
    """
    user = user_by_email(email)
    if not matches(password, user and user.password_hash) or user is None:
        raise WrongCredentials
    return user


def sign_in(user: User, kind: str, name: str, expires_at: datetime | None = None) -> tuple[Device, str]:
    """Return a new device of `user` and its token, which is kept nowhere else."""
    token = new_secret()
    with db.write() as session:
        device = Device(
            id=new_id(),
            user=user,
            kind=kind,
            name=name,
            token_sha256=digest(token),
            created_at=clock.now(),
            expires_at=expires_at,
        )
        session.add(device)
    return device, token


def device_by_token(token: str, kind: str) -> Device | None:
    """Return the device that `token` belongs to, unless it was revoked or has expired."""
    device = db.session().scalar(select(Device).filter_by(token_sha256=digest(token), kind=kind))
    return device if device is not None and _signed_in(device) else None


def devices_of(user: User) -> Sequence[Device]:
    """Return where `user` is signed in, oldest first."""
    devices = db.session().scalars(select(Device).filter_by(user_id=user.id).order_by(Device.created_at))
    return [device for device in devices if _signed_in(device)]


def revoke_device(user: User, device_id: str) -> None:
    """Sign one device of `user` out, from its next request on.

    Raises:
        DeviceUnknown: it is not theirs or is signed out.
    """
    with db.write() as session:
        device = session.get(Device, device_id)
        if device is None or device.user_id != user.id or not _signed_in(device):
            raise DeviceUnknown
        device.revoked_at = clock.now()
        record("device_revoked", None, [device_id])


def user_by_email(email: str) -> User | None:
    """Return the account with this e-mail, whatever its case."""
    return db.session().scalar(select(User).filter_by(email=normalised(email)))


def normalised(email: str) -> str:
    """Return the e-mail as it is kept."""
    return email.strip().casefold()


def _days(born_on: date | None, country: str | None) -> Days:
    if born_on is None or country is None:
        raise ValueError("a patient needs a date of birth and a country")
    consent = overridden("digital_consent", settings().consent_ages)
    majority = overridden("majority", settings().majority_ages)
    return days(born_on, country, clock.now().date(), consent, majority)


def _signed_in(device: Device) -> bool:
    expired = device.expires_at is not None and device.expires_at <= clock.now()
    return device.revoked_at is None and not expired
