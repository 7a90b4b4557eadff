"""The Autobahn fuzzing client, cases 1–10, on the echo endpoint that the desk's own handlers serve."""
import os
import pathlib
import subprocess
import sys

import pytest
from websockets.exceptions import InvalidStatus

from support.server import TOP
from support.wire import Wire

RUNNER = pathlib.Path(__file__).with_name("autobahn.py")
SKIPPED = 77


@pytest.mark.timeout(700)
def test_all_301_cases_of_autobahn_pass(world):
    done = subprocess.run(
        [sys.executable, str(RUNNER), world.server.socket_base + "/test/echo"], capture_output=True, text=True, timeout=680,
        env=os.environ | {"AUTOBAHN_DIR": str(TOP / ".venv-autobahn")})
    if done.returncode == SKIPPED:
        pytest.skip(f"AUTOBAHN WAS NOT RUN. {done.stdout.strip()}")
    assert done.returncode == 0 and "301 of 301" in done.stdout, done.stdout + done.stderr


def test_the_echo_endpoint_exists_for_tests_only(own_world):
    with pytest.raises(InvalidStatus) as refused:
        Wire(own_world.server.socket_base + "/test/echo")
    assert refused.value.response.status_code == 404
