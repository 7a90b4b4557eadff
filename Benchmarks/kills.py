"""How a release build stands a hundred `kill -9` of its worker under chat and gateway load: the system test itself, with its figures kept.

Everything that the test promises has to hold here, too: nobody refused, nothing acknowledged lost or shown twice, each request in the books once."""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import record

TOP = pathlib.Path(__file__).resolve().parent.parent
TEST = "Tests/SystemTests/operations/test_kills.py::test_a_hundred_kills_under_chat_and_gateway_load_refuse_nobody_and_lose_nothing"
#: Key, and how it reads in the table.
ROWS = {
    "kills": "kills", "backP50Ms": "ready again p50 ms", "backP99Ms": "ready again p99 ms", "backWorstMs": "ready again, worst ms",
    "connections": "new connections answered", "slowestMs": "slowest of them ms", "refused": "refused", "cut": "cut",
    "messages": "chat messages, all stored and shown once", "modelRequests": "requests for models", "modelWhole": "answered whole",
    "modelTorn": "cut after the head", "modelCut": "cut before it"}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--results", type=pathlib.Path, required=True)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--only", nargs="*")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        figures = pathlib.Path(scratch) / "figures.json"
        environment = os.environ | {"SWITCHBOARD_PROGRAM": str(options.program.resolve()), "KILLS": str(options.kills), "KILLS_FIGURES": str(figures)}
        done = subprocess.run([sys.executable, "-m", "pytest", "-q", TEST], cwd=TOP, env=environment)
        if not figures.exists():
            return done.returncode or 70
        found = json.loads(figures.read_text())
    print("kills", json.dumps(found), flush=True)
    # What fails is no result.
    if done.returncode == 0:
        made = record.begin({"kills": found})
        record.save(options.results, "kills", made, table(made))
    return done.returncode


def table(made: dict) -> str:
    rows = "".join(f"| {words} | {made['figures']['kills'][key]:,} |\n" for key, words in ROWS.items())
    return (
        f"# kill -9 of the worker under load, {made['date']} ({made['machine']})\n\nMeasured at {made['time']}. Release build; the server, the "
        f"node, three visitors, a member, two programs that ask for models and two that knock share the machine.\n\n| figure | |\n|---|---|\n{rows}")


if __name__ == "__main__":
    sys.exit(main())
