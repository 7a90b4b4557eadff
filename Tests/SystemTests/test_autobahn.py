"""The Autobahn fuzzing client, cases 1–10, on the echo endpoint that the desk's own handlers serve."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from support.server import TOP

PINNED = "autobahntestsuite==25.10.1"
RUN = "import site, sys; site.addsitedir(sys.argv.pop(1)); from autobahntestsuite import wstest; wstest.run()"


def python2() -> str | None:
    """A Python 2.7 that runs: the suite is Python 2 code."""
    versions = sorted((pathlib.Path.home() / ".pyenv/versions").glob("2.7*/bin/python2.7"))
    for path in [shutil.which("python2.7"), shutil.which("python2"), *map(str, versions)]:
        if path and subprocess.run([path, "-c", "import sys; assert sys.version_info[:2] == (2, 7)"], capture_output=True).returncode == 0:
            return path
    return None


@pytest.fixture(scope="session")
def fuzzing_client() -> list[str]:
    interpreter = python2()
    if not interpreter:
        pytest.skip("AUTOBAHN WAS NOT RUN: its fuzzing client needs Python 2.7, which is not on this machine")
    folder = TOP / ".venv-autobahn"
    if not (folder / "autobahntestsuite").is_dir():
        done = subprocess.run([interpreter, "-m", "pip", "install", "--quiet", "--target", str(folder), PINNED], capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            shutil.rmtree(folder, ignore_errors=True)
            pytest.skip(f"AUTOBAHN WAS NOT RUN: {PINNED} could not be installed: {done.stderr[-300:]}")
    return [interpreter, "-W", "ignore", "-c", RUN, str(folder)]


@pytest.mark.timeout(400)
def test_all_cases_of_autobahn_pass(world, fuzzing_client, tmp_path):
    spec = {
        "outdir": str(tmp_path / "reports"), "servers": [{"agent": "switchboard", "url": world.server.socket_base + "/test/echo", "options": {"version": 18}}],
        "cases": ["*"], "exclude-cases": ["12.*", "13.*"], "exclude-agent-cases": {}}
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    done = subprocess.run(
        [*fuzzing_client, "-m", "fuzzingclient", "-s", str(tmp_path / "spec.json")], cwd=tmp_path, capture_output=True, text=True, timeout=360,
        env={name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))})
    report = tmp_path / "reports/index.json"
    assert report.exists(), done.stdout[-2000:] + done.stderr[-2000:]
    cases = json.loads(report.read_text())["switchboard"]
    failed = {name: (case["behavior"], case["behaviorClose"]) for name, case in cases.items()
              if case["behavior"] not in ("OK", "NON-STRICT", "INFORMATIONAL") or case["behaviorClose"] not in ("OK", "INFORMATIONAL")}
    strict = sum(case["behavior"] in ("OK", "INFORMATIONAL") for case in cases.values())
    print(f"Autobahn: {len(cases)} cases, {strict} strictly", file=sys.stderr)
    assert not failed and len(cases) == 301 and strict == 301, (failed, len(cases), [n for n, c in cases.items() if c["behavior"] == "NON-STRICT"])


def test_the_echo_endpoint_exists_for_tests_only(own_world):
    from websockets.exceptions import InvalidStatus

    from support.wire import Wire

    with pytest.raises(InvalidStatus) as refused:
        Wire(own_world.server.socket_base + "/test/echo")
    assert refused.value.response.status_code == 404
    assert pathlib.Path(own_world.server.data).exists()
