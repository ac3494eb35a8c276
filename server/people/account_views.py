"""Accounts and devices over the API."""

from typing import Any

from server.foundation.http.api import Blueprint
from server.foundation.http.rate_limits import SIGN_IN, limited
from server.people import account_schemas as schemas
from server.people.accounts.models import Device
from server.people.credentials import devices
from server.people.credentials.enrolment import works_before_enrolment
from server.people.credentials.signing_in import sign_in_app
from server.people.credentials.tokens import caller, current_device, token_required
from server.people.guardians import handing_over
from server.people.own_account import own_account

blueprint = Blueprint("accounts", __name__, url_prefix="/v1", description="Accounts and devices")


@blueprint.get("/account")
@token_required
@works_before_enrolment
@blueprint.response(200, schemas.OwnAccount)
def get_account() -> dict[str, Any]:
    """Return the caller's account."""
    return own_account(caller())


@blueprint.delete("/account/hand-over")
@token_required
@blueprint.response(204)
def acknowledge_hand_over() -> None:
    """Say that the caller, who came of age, knows that no guardian has a say any longer."""
    handing_over.acknowledge(caller())


@blueprint.post("/devices")
@limited(*SIGN_IN)
@blueprint.arguments(schemas.NewDevice)
@blueprint.response(201, schemas.DeviceToken)
def create_device(new: dict[str, Any]) -> dict[str, Any]:
    """Sign in on a device; the answer holds its token."""
    device, token = sign_in_app(**new)
    return {**_shown(device, token), "account": device.user}


@blueprint.get("/devices")
@token_required
@works_before_enrolment
@blueprint.response(200, schemas.Devices)
def list_devices() -> dict[str, Any]:
    """List where the caller is signed in."""
    return {"devices": devices.devices_of(caller()), "current": current_device().id}


@blueprint.delete("/devices/<device_id>")
@token_required
@works_before_enrolment
@blueprint.response(204)
def delete_device(device_id: str) -> None:
    """Sign one of the caller's devices out; its own id is that of the answer to signing in."""
    devices.revoke_device(caller(), device_id)


@blueprint.post("/devices/current/token")
@token_required
@works_before_enrolment
@blueprint.response(201, schemas.RotatedToken)
def rotate_token() -> dict[str, Any]:
    """Return a new token for the caller's device; the old one is good until the new one is used."""
    return _shown(*devices.rotate_token(current_device()))


def _shown(device: Device, token: str) -> dict[str, Any]:
    return {**{name: getattr(device, name) for name in schemas.DeviceShown().fields}, "token": token}
