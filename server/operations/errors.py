"""What can go wrong with backups; each message says what, and the remedy."""


class OperationError(Exception):
    """An operation on the whole server that was refused or failed, with nothing half done."""


class BackupFailed(OperationError):
    """No backup was made."""


class BackupDamaged(OperationError):
    """The backup is not what was written."""


class ServerRunning(OperationError):
    """The database is in use."""

    def __init__(self) -> None:
        super().__init__("The database is in use; stop every server that uses it, then restore.")


class TargetNotEmpty(OperationError):
    """There are records where the backup is to go."""

    def __init__(self) -> None:
        super().__init__(
            "ACNETRACK_DATABASE_URL names a database that holds records; back it up, then give --replace to put the"
            " backup in its place."
        )


class RestoreFailed(OperationError):
    """The backup was not put in place; what was there before is as it was."""
