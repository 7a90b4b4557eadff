#!/usr/bin/env python3
"""Runs Autobahn's WebSocket fuzzing client, cases 1-10, against an echo endpoint.

usage: autobahn.py ws://127.0.0.1:PORT/PATH

Exits with 0 only when all 301 cases are passed strictly; with 77 (and a loud line) when the suite can't run on this machine. The suite is
Python 2 code: it needs a python2.7 with pip, and PyPI once. What it installs is kept in AUTOBAHN_DIR, by default ~/.cache/switchboard-autobahn.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

CASES = 301
SKIPPED = 77
RUNNER = """
import site, sys
site.addsitedir(sys.argv.pop(1))
import autobahntestsuite.wstest
autobahntestsuite.wstest.run()
"""


def skip(reason):
    print("SKIPPED: Autobahn did not run: %s" % reason, flush=True)
    sys.exit(SKIPPED)


def find_python():
    candidates = [os.environ.get("PYTHON27"), shutil.which("python2.7")]
    versions = os.path.expanduser(os.environ.get("PYENV_ROOT", "~/.pyenv")) + "/versions"
    if os.path.isdir(versions):
        candidates += [os.path.join(versions, name, "bin/python2.7") for name in sorted(os.listdir(versions)) if name.startswith("2.7")]
    for candidate in candidates:
        # A pyenv shim exists also where the version it stands for is not chosen: ask it.
        if candidate and subprocess.run([candidate, "-c", ""], capture_output=True).returncode == 0:
            return candidate
    skip("no working python2.7 (set PYTHON27)")


def install(python):
    folder = os.environ.get("AUTOBAHN_DIR", os.path.expanduser("~/.cache/switchboard-autobahn"))
    if not os.path.isdir(os.path.join(folder, "autobahntestsuite")):
        os.makedirs(folder, exist_ok=True)
        command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", folder, "autobahntestsuite==25.10.1"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            shutil.rmtree(folder, ignore_errors=True)
            skip("the suite can't be installed: " + (done.stderr.strip().splitlines() or ["no reason given"])[-1])
    return folder


def run(python, folder, url):
    with tempfile.TemporaryDirectory() as work:
        spec = {
            "outdir": work + "/report",
            "servers": [{"agent": "switchboard", "url": url, "options": {"version": 18}}],
            "cases": ["*"],
            "exclude-cases": ["12.*", "13.*"],
            "exclude-agent-cases": {},
        }
        with open(work + "/spec.json", "w") as file:
            json.dump(spec, file)
        with open(work + "/log", "w") as log:
            subprocess.run([python, "-c", RUNNER, folder, "-m", "fuzzingclient", "-s", work + "/spec.json"], cwd=work, stdout=log, stderr=log, timeout=600)
        index = work + "/report/index.json"
        if not os.path.exists(index):
            print(open(work + "/log").read()[-2000:])
            sys.exit("Autobahn left no report")
        return json.load(open(index))["switchboard"]


def judge(results):
    """INFORMATIONAL is all that the suite says of a few cases about closing, which have no right answer."""
    good = ("OK", "INFORMATIONAL")
    bad = sorted((case, one) for case, one in results.items() if one["behavior"] not in good or one["behaviorClose"] not in good)
    for case, one in bad:
        print("case %s: %s, close %s" % (case, one["behavior"], one["behaviorClose"]))
    print("Autobahn: %d of %d passed" % (len(results) - len(bad), CASES))
    return not bad and len(results) == CASES


def main():
    if len(sys.argv) != 2 or not sys.argv[1].startswith(("ws://", "wss://")):
        sys.exit(__doc__)
    python = find_python()
    sys.exit(0 if judge(run(python, install(python), sys.argv[1])) else 1)


main()
