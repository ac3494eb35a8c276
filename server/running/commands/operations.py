"""`acnetrack admin backup`, `restore` and `import`."""

import argparse
import sys
from pathlib import Path
from typing import Any

from server.application.factory import application
from server.application.safety import safe_settings
from server.operations.backup import back_up, prune
from server.operations.manifest import Manifest
from server.operations.restore import restore
from server.own_data.importing import import_export


def add_commands(subjects: Any) -> None:
    """Give `acnetrack admin` its commands that concern the whole server."""
    backup = subjects.add_parser("backup", help="copy the database and the photos while the server serves")
    backup.add_argument("folder", type=Path, help="where backups are kept, on another disk; each is a folder in it")
    backup.add_argument("--prune", action="store_true", help="remove those older than ACNETRACK_BACKUP_RETENTION_DAYS")
    backup.set_defaults(run=_backup)

    restored = subjects.add_parser("restore", help="put a backup in place; the server must be stopped")
    restored.add_argument("folder", type=Path, help="the backup, or the folder of several for the newest")
    restored.add_argument("--replace", action="store_true", help="also where the database holds records")
    restored.add_argument("--journal-lost", action="store_true", help="also without the journal: deletions come back")
    restored.set_defaults(run=_restore)

    taken = subjects.add_parser("import", help="take in the zip that a patient exported, as an account of its own")
    taken.add_argument("zip", type=Path, help="what GET /v1/account/export or the page Your data gave")
    taken.set_defaults(run=_import)


def _backup(arguments: argparse.Namespace) -> None:
    config = safe_settings()
    made = back_up(config, arguments.folder)
    manifest = Manifest.read(made)
    print(f"{made}: {len(manifest.files)} files, {sum(file.size for file in manifest.files.values()):,} bytes.")
    print("Keys, secrets and the journal are not in it; keep copies of ACNETRACK_KEY_DIR and ACNETRACK_JOURNAL_URL"
          " apart from it.")  # fmt: skip
    if manifest.photos != "here":
        print(f"Photos are {manifest.photos}.", file=sys.stderr)
    for old in prune(arguments.folder, config) if arguments.prune else ():
        print(f"Removed {old}.")


def _restore(arguments: argparse.Namespace) -> None:
    done = restore(safe_settings(), arguments.folder, over=arguments.replace, any_journal=arguments.journal_lost)
    again = done.replayed
    print(f"{done.backup} is in place. Done again after it was taken: {again.deleted} records deleted,"
          f" {again.erased} accounts erased.")  # fmt: skip
    if again.missing_photos:
        print(f"{again.missing_photos} photos are not in the store; phones will be asked for them again.")


def _import(arguments: argparse.Namespace) -> None:
    with application():
        done = import_export(arguments.zip)
    print(f"Took in {done.records} records and {done.photos} photos of {done.email}.")
    print(f"They sign in with this password, shown once, and change it: {done.password}")
