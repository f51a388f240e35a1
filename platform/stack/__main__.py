"""`python -m stack …`: what `make` and the containers start."""

import argparse
import sys
from pathlib import Path

from stack import archive, doctor, embedded, prepare, up


def main() -> int:
    """Run one command; what fails in the stack is one clear line and exit code 1 (StackError)."""
    options = _parser().parse_args()
    try:
        return _run(options)
    except KeyboardInterrupt:
        return 130


def _run(options: argparse.Namespace) -> int:
    match options.command:
        case "doctor":
            doctor.examine(for_tests=options.test)
        case "prepare":
            prepare.prepare()
        case "stop":
            embedded.stop()
        case "demo":
            return up.demo()
        case "backup-key":
            print(f"BACKUP_RECIPIENTS={archive.make_identity(options.file)}")
        case "backup":
            return up.manage("backup", *filter(None, [options.folder]))
        case "restore":
            keys = ["--keys", options.keys] if options.keys else []
            return up.manage("restore", options.archive, "--identity", options.identity, *keys)
        case "up":
            return up.serve(reload=options.reload)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stack")
    commands = parser.add_subparsers(dest="command", required=True)
    examine = commands.add_parser("doctor", help="look for what the machine lacks")
    examine.add_argument("--test", action="store_true", help="also for what tests need")
    commands.add_parser("prepare", help="migrate, load reference data, check the database role")
    commands.add_parser("demo", help="play the demonstration, then serve (SEED, SERVE, FRESH)")
    serve = commands.add_parser("up", help="web, worker and beat together (PORT)")
    serve.add_argument("--reload", action="store_true", help="start again what has changed")
    key = commands.add_parser("backup-key", help="make the pair of keys that backups need")
    key.add_argument("file", type=Path, help="where the private one goes: not on this machine")
    out = commands.add_parser("backup", help="write encrypted archives of data and of keys")
    out.add_argument("folder", nargs="?", help="default: backups/ in VAR_DIR")
    back = commands.add_parser("restore", help="bring a backup into an empty installation")
    back.add_argument("archive")
    back.add_argument("--identity", required=True, help="file of the private key")
    back.add_argument("--keys", help="the archive of the keys")
    commands.add_parser("stop", help="stop the embedded PostgreSQL and Redis")
    return parser


if __name__ == "__main__":
    sys.exit(main())
