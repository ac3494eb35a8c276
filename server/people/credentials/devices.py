"""Where people are signed in: each device by a token of its own, of which the database keeps only the hash.

An app's token lasts as long as it is used; a new one takes over when it is used for the first time, so that an answer
that is lost on its way locks no phone out. Who signs in again says which device it is and stays it, also after the
token has expired: what the phone has not sent yet is still its own.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import or_, select

from server.foundation import clock, db
from server.foundation.config import settings
from server.foundation.http.errors import Problem
from server.foundation.ids import digest, new_id, new_secret
from server.foundation.journal.recording import record
from server.people.accounts.models import Device, User
from server.people.guardians.handing_over import forget_past_days


class TokenExpired(Problem):
    """The device was not used for too long."""

    status = 401
    code = "token_expired"
    detail = (
        "This device was not used for too long. Sign in again with its id as 'device_id': it stays the same device,"
        " and what it has not sent yet is sent as before."
    )
    headers = {"WWW-Authenticate": "Bearer"}  # noqa: RUF012 – a constant of the class, as in its base


class DeviceUnknown(Problem):
    """The caller has no such device."""

    status = 404
    code = "device_unknown"
    detail = "You have no such device, or it is signed out already."


def sign_in(user: User, kind: str, name: str, device_id: str | None = None) -> tuple[Device, str]:
    """Return a device of `user` and its token, which is kept nowhere else.

    It is the app's device `device_id`, signed in or not, if `user` has that one, else a new one.
    """
    token, now = new_secret(), clock.now()
    with db.write() as session:
        device = session.get(Device, device_id) if device_id else None
        if device is None or (device.user_id, device.kind) != (user.id, "app"):
            device = Device(id=new_id(), user_id=user.id, kind=kind, created_at=now)
            session.add(device)
        device.name, device.token_sha256, device.next_token_sha256 = name, digest(token), None
        device.last_used_on, device.revoked_at = now.date(), None
        device.expires_at = _end(now.date()) if kind == "app" else now + timedelta(hours=settings().page_session_hours)
        session.flush()
        session.refresh(device, ["user"])
        forget_past_days(device.user)
    return device, token


def use_token(token: str, kind: str) -> Device | None:
    """Return the device that `token` belongs to, unless it is signed out, and note the day on which it was used.

    Raises:
        TokenExpired: it is an app's, and was not used for too long.
    """
    sha256 = digest(token)
    theirs = or_(Device.token_sha256 == sha256, Device.next_token_sha256 == sha256)
    device = db.session().scalar(select(Device).where(theirs, Device.kind == kind))
    if device is None or device.revoked_at is not None:
        return None
    if not _signed_in(device):
        if kind == "app":
            raise TokenExpired
        return None
    today = clock.now().date()
    if device.token_sha256 == sha256 and device.last_used_on is not None and device.last_used_on >= today:
        return device
    return _note_use(device.id, sha256, today)


def rotate_token(device: Device) -> tuple[Device, str]:
    """Return the device and a new token for it; the one it has is good until the new one is used."""
    token = new_secret()
    with db.write() as session:
        device = session.get_one(Device, device.id)
        device.next_token_sha256 = digest(token)
    return device, token


def devices_of(user: User) -> Sequence[Device]:
    """Return where `user` is signed in, oldest first."""
    devices = db.session().scalars(select(Device).filter_by(user_id=user.id).order_by(Device.created_at, Device.id))
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


def revoke_all(user: User, but: Device | None = None) -> None:
    """Sign every device of `user` out, except `but`."""
    with db.write():
        others = [device for device in devices_of(user) if but is None or device.id != but.id]
        for device in others:
            device.revoked_at = clock.now()
        record("device_revoked", None, [device.id for device in others])


def _note_use(device_id: str, sha256: str, today: date) -> Device | None:
    """Write down that the device was used today, and by which of its tokens: the newer one ends the older."""
    with db.write(retry_safe=True) as session:  # It comes before the request's own work, which may yet lose a race.
        device = session.get(Device, device_id)
        if device is None or device.revoked_at or sha256 not in (device.token_sha256, device.next_token_sha256):
            return None
        if device.next_token_sha256 == sha256:
            device.token_sha256, device.next_token_sha256 = sha256, None
        if device.last_used_on is None or device.last_used_on < today:
            device.last_used_on = today
            if device.kind == "app":
                device.expires_at = _end(today)
        forget_past_days(device.user)
    return device


def _end(last_used_on: date) -> datetime:
    """Return when a token that was last used on this day expires: at a midnight, which tells no time of use."""
    last = last_used_on + timedelta(days=settings().token_days + 1)
    return datetime.combine(last, time(), UTC)


def _signed_in(device: Device) -> bool:
    expired = device.expires_at is not None and device.expires_at <= clock.now()
    return device.revoked_at is None and not expired
