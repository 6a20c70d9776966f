"""What a run was begun with: code, recipe and inputs. It goes on with the same: half a run of each would be neither."""

from __future__ import annotations

import hashlib
import json
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from .whole_files import write_json

HERE = Path(__file__).parent
# They read what training left and change none of its numbers, so a run may be evaluated, exported and reported by other
# code than trained it. Every other file counts, new ones too, because many hold constants that no recipe records.
# Nothing that training imports may be named here: a test looks.
READERS = ("evaluat*", "bootstrap.py", "report*", "export.py", "manifest.py", "model_set.py", "onnx_*", "golden*", "half*")
# Made in a run after all records and before anything else: where it is, the records must be.
FIRST_MADE = "tokenizer.json"
ADVICE = "Train in another folder: --run DIR, and --world with the world of before if it is to stay"


def code() -> dict[str, str]:
    """sha256 of each source that shapes the numbers of training, and of the versions of what it is built on."""
    paths = [*HERE.glob("*.py"), *HERE.glob("stages/*.py"), HERE / "requirements.txt"]
    named = {path.relative_to(HERE).as_posix(): path for path in sorted(paths)}
    kept = {name: path for name, path in named.items() if not any(fnmatch(name, readers) for readers in READERS)}
    return {name: sha256(path.read_bytes()) for name, path in kept.items()}


def inputs(world: Path, run: Path) -> dict[str, object]:
    """How the world was made, as it says itself, and the digests of all that the stages read; media are the world's."""
    made, prepared, truth = world / "world.json", run / "prepared", world / "truth"
    read = {
        "samples": (prepared / "samples.jsonl").read_bytes(),
        "unclicked": (prepared / "unclicked.jsonl").read_bytes(),
        # Where the world lies is left out: the same one elsewhere teaches the same.
        "videos": (prepared / "videos.jsonl").read_bytes().replace(str(world.absolute()).encode(), b""),
        "queries": (truth / "queries.jsonl").read_bytes(),
        "grades": (truth / "grades.tsv").read_bytes(),
    }
    digests = {f"{name}_sha256": sha256(content) for name, content in read.items()}
    return {"made": json.loads(made.read_text(encoding="utf-8")) if made.exists() else None, **digests}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def refuse_another(run: Path, name: str, record: dict[str, Any]) -> None:
    """Writes RUN/name, or checks that what is there says the same. ValueError if not, and for a run without its record."""
    path, now = run / name, json.loads(json.dumps(record))
    if path.exists():
        then = json.loads(path.read_text(encoding="utf-8"))
        changed = [key for key in {**then, **now} if then.get(key) != now.get(key)]
        if changed:
            raise ValueError(f"{path}: {', '.join(changed)} changed since the run was begun. {ADVICE}")
    elif (run / FIRST_MADE).exists():
        raise ValueError(f"{path} is missing: nobody knows any more what the run was begun with. {ADVICE}")
    else:
        write_json(path, record)
