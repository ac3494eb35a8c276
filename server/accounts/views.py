"""Accounts and devices over the API."""

from collections.abc import Sequence
from typing import Any

from server.accounts import schemas, services
from server.accounts.models import Device, User
from server.accounts.tokens import caller, token_required
from server.api import Blueprint

blueprint = Blueprint("accounts", __name__, url_prefix="/v1", description="Accounts and devices")


@blueprint.post("/accounts")
@blueprint.arguments(schemas.NewAccount)
@blueprint.response(201, schemas.Account)
def create_account(new: dict[str, Any]) -> User:
    """Sign up a patient, a dermatologist or a guardian."""
    return services.create_account(**new)


@blueprint.post("/devices")
@blueprint.arguments(schemas.NewDevice)
@blueprint.response(201, schemas.DeviceToken)
def create_device(new: dict[str, str]) -> dict[str, Any]:
    """Sign in on a device; the answer holds its token."""
    user = services.authenticate(new["email"], new["password"])
    device, token = services.sign_in(user, "app", new["name"])
    return {
        **schemas.DeviceShown().dump(device),
        "created_at": device.created_at,
        "token": token,
        "account": user,
    }


@blueprint.get("/devices")
@token_required
@blueprint.response(200, schemas.Devices)
def list_devices() -> dict[str, Sequence[Device]]:
    """List where the caller is signed in."""
    return {"devices": services.devices_of(caller())}


@blueprint.delete("/devices/<device_id>")
@token_required
@blueprint.response(204)
def delete_device(device_id: str) -> None:
    """Sign one of the caller's devices out."""
    services.revoke_device(caller(), device_id)
