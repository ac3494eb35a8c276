"""What can be wrong with an encrypted photo or its key: named, with the remedy, and nothing of anybody's data."""

from server.foundation.http.errors import Problem


class EncryptionError(Problem):
    """Something kept encrypted cannot be read."""

    status = 500
    code = "encryption_failed"


class KeyLost(EncryptionError):
    """The patient's key is not in the key folder, or another one is."""

    code = "key_lost"
    detail = (
        "The key that this was encrypted with is not on the server; whoever runs it has to put the key folder"
        " (ACNETRACK_KEY_DIR) back, from its own backup."
    )


class KeyDamaged(EncryptionError):
    """The file of the patient's key was changed or is cut off."""

    code = "key_damaged"
    detail = (
        "The key that this was encrypted with is damaged; whoever runs the server has to put its file back from"
        " the backup of the key folder (ACNETRACK_KEY_DIR)."
    )


class WrongMasterKey(EncryptionError):
    """The patient's key is wrapped under a master key that the server was not given."""

    code = "master_key_wrong"
    detail = (
        "The patient's key is wrapped under a master key that the server does not have; whoever runs it has to add that"
        " one to ACNETRACK_MASTER_KEY, behind the newest."
    )

    def __init__(self, wanted: str, present: str) -> None:
        super().__init__()
        self.for_operator = (
            f"The patient's key is wrapped under the master key {wanted}, the server has {present}; add that one to"
            " ACNETRACK_MASTER_KEY, behind the newest."
        )


class KeyShredded(EncryptionError):
    """The patient's key was destroyed, and with it everything that was encrypted with it."""

    status = 410
    code = "erased"
    detail = "This timeline was erased and its key destroyed; nothing can be stored in it or read from it."


class Tampered(EncryptionError):
    """The bytes are not those that were encrypted under this name: changed, cut off, or moved."""

    code = "photo_tampered"
    detail = (
        "The stored bytes are not those that were encrypted here: somebody changed, cut or moved them. Whoever runs"
        " the server has to put them back from the backup of the photo store."
    )
