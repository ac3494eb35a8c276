"""What ended for people, on a restored database: devices signed out, codes used, consents withdrawn."""

from typing import Any, cast

from sqlalchemy import CursorResult, UpdateBase, delete, update

from server.foundation import clock, db
from server.foundation.journal.recording import journal
from server.foundation.journal.replaying import ids_in_parts, replays
from server.people.accounts.models import Device
from server.people.accounts.staff import StaffInvitation
from server.people.credentials.models import RecoveryCode
from server.people.guardians.models import Consent


@replays("device_revoked")
def sign_out_again() -> int:
    """Sign revoked devices out; only inside `db.write`, like all of these."""
    signing_out = update(Device).where(Device.revoked_at.is_(None)).values(revoked_at=clock.now())
    parts = ids_in_parts(journal().of("device_revoked"))
    return sum(_execute(signing_out.where(Device.id.in_(part))) for part in parts)


@replays("code_used")
def use_codes_again() -> int:
    """Remove codes that were used, for recovering an account and for a dermatologist's own."""
    parts, kinds = list(ids_in_parts(journal().of("code_used"))), (RecoveryCode, StaffInvitation)
    return sum(_execute(delete(kind).where(kind.code_sha256.in_(part))) for kind in kinds for part in parts)


@replays("consent_withdrawn")
def withdraw_again() -> int:
    """Withdraw consents that were withdrawn."""
    in_force = update(Consent).where(Consent.withdrawn_at.is_(None)).values(withdrawn_at=clock.now())
    parts = ids_in_parts(journal().of("consent_withdrawn"))
    return sum(_execute(in_force.where(Consent.id.in_(part))) for part in parts)


def _execute(statement: UpdateBase) -> int:
    return cast(CursorResult[Any], db.session().execute(statement)).rowcount
