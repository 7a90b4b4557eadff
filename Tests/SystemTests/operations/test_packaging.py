"""What is shipped: the unit as systemd reads it, the release's folder and its links, the container's files."""
import fnmatch
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from support.server import PROGRAM, TOP, command

UNIT = TOP / "packaging/switchboard.service"


def test_systemd_takes_the_unit_and_finds_it_tight(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd here")
    unit = tmp_path / "switchboard.service"
    unit.write_text(UNIT.read_text().replace("/opt/switchboard/current/switchboard", "/bin/true"))
    verified = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True)
    assert verified.returncode == 0 and str(unit) not in verified.stderr, verified.stderr
    rated = subprocess.run(["systemd-analyze", "security", "--offline=true", str(unit)], capture_output=True, text=True)
    level = float(re.search(r"exposure level for .*: ([0-9.]+)", rated.stdout).group(1))
    assert level <= 2.0, rated.stdout


def test_the_unit_restarts_after_every_end_but_those_that_need_a_person():
    unit = dict(line.split("=", 1) for line in UNIT.read_text().splitlines() if "=" in line and not line.startswith("#"))
    # `on-failure` takes SIGTERM for a clean end: a stray one would be an outage for ever.
    assert unit["Restart"] == "always" and unit["StartLimitIntervalSec"] == "0" and unit["Type"] == "notify"
    assert unit["RestartPreventExitStatus"] == "64 77 78 81 86"
    assert unit["NoNewPrivileges"] == "yes" and unit["User"] != "root"


@pytest.fixture
def release(tmp_path):
    """The folder of a release as `scripts/release` lays it out, with a small program instead of the large one."""

    def make(name: str) -> pathlib.Path:
        folder = tmp_path / "unpacked" / name
        folder.mkdir(parents=True)
        (folder / "switchboard").write_text(f"#!/bin/sh\necho {name}\n")
        (folder / "switchboard").chmod(0o755)
        shutil.copy(TOP / "packaging/install", folder / "install")
        sums = "".join(f"{hashlib.sha256((folder / file).read_bytes()).hexdigest()}  ./{file}\n" for file in ("install", "switchboard"))
        (folder / "SHA256SUMS").write_text(sums)
        return folder

    return make


def install(folder: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(folder / "install"), *arguments], capture_output=True, text=True)


def test_current_changes_in_one_step_and_goes_back(release, tmp_path):
    prefix = tmp_path / "prefix"
    for number in range(1, 8):
        assert install(release(f"switchboard-0.{number}.0-abc"), str(prefix)).returncode == 0
        assert subprocess.check_output([str(prefix / "current/switchboard")], text=True) == f"switchboard-0.{number}.0-abc\n"
    assert os.readlink(prefix / "previous") == "releases/switchboard-0.6.0-abc"
    assert len(list((prefix / "releases").iterdir())) == 5
    assert install(prefix / "current", "--back", str(prefix)).returncode == 0
    assert subprocess.check_output([str(prefix / "current/switchboard")], text=True) == "switchboard-0.6.0-abc\n"
    again = install(prefix / "releases/switchboard-0.6.0-abc", str(prefix))
    assert again.returncode == 0 and "already" in again.stdout


def test_a_damaged_release_changes_nothing(release, tmp_path):
    prefix = tmp_path / "prefix"
    assert install(release("one"), str(prefix)).returncode == 0
    damaged = release("two")
    with open(damaged / "switchboard", "a") as program:
        program.write("# one byte more\n")
    refused = install(damaged, str(prefix))
    assert refused.returncode == 86 and "damaged" in refused.stderr
    assert os.readlink(prefix / "current") == "releases/one"
    assert install(damaged, "--back", str(prefix)).returncode == 66


def test_the_container_runs_as_nobody_special_and_is_asked_for_its_health():
    text = (TOP / "Dockerfile").read_text()
    _, build, stage = text.split("\nFROM ")
    assert " AS build" in build.splitlines()[0] and "slim" in stage.splitlines()[0]
    assert re.search(r"(?m)^USER switchboard$", stage) and "HEALTHCHECK" in stage and '"status", "--ready"' in stage
    # Every setting that the files name is one.
    known = {key["key"] for key in json.loads(command("config", "--json", data=TOP / "data").stdout)}
    for file in ("Dockerfile", "compose.yaml"):
        named = set(re.findall(r"\b([A-Z]+_[A-Z_]+)[=:] ?", (TOP / file).read_text()))
        assert {name for name in named if not name.startswith("MARIADB_")} <= known, file


#: Which package of Debian 12 a library of the program is in.
LIBRARIES = {
    "libsqlite3.so.0": "libsqlite3-0", "libsodium.so.23": "libsodium23", "libz.so.1": "zlib1g", "libstdc++.so.6": "libstdc++6",
    "libmariadb.so.3": "libmariadb3"}


def packages_of(stage: str) -> list[str]:
    return re.search(r"--no-install-recommends ([^\\\n]+)", stage)[1].split()


def test_both_stages_of_the_container_have_the_libraries_of_the_program():
    _, build, run = (TOP / "Dockerfile").read_text().split("\nFROM ")
    needed = re.search(r"need_build\(\) \{[^}]*need_packages ([^\n]+)", (TOP / "scripts/tools.sh").read_text())[1].split()
    assert set(needed) <= set(packages_of(build)), "the build stage has less than scripts/tools.sh asks for"
    direct = subprocess.run(["readelf", "-d", str(PROGRAM)], capture_output=True, text=True)
    linked = re.findall(r"NEEDED.*\[([^]]+)\]", direct.stdout)
    assert linked, direct.stderr
    # Swift's own are inside of what is shipped; the C library is in every image.
    foreign = [name for name in linked if not re.match(r"lib(swift|Foundation|_Foundation|dispatch|BlocksRuntime|c\.|m\.|gcc_s|pthread|dl|rt)|ld-linux", name)]
    assert {LIBRARIES[name] for name in foreign} <= set(packages_of(run)), foreign


def test_every_package_of_the_container_is_one_of_debian_12():
    release = pathlib.Path("/etc/os-release")
    if not release.exists() or "VERSION_CODENAME=bookworm" not in release.read_text():
        pytest.skip("not Debian 12")
    _, build, run = (TOP / "Dockerfile").read_text().split("\nFROM ")
    for stage in (build, run):
        done = subprocess.run(
            ["apt-get", "--simulate", "--no-install-recommends", "install", *packages_of(stage)], capture_output=True, text=True)
        if "Unable to locate" in done.stderr and not list(pathlib.Path("/var/lib/apt/lists").glob("*Packages*")):
            pytest.skip("no package lists here: apt-get update")
        assert done.returncode == 0, done.stderr


def test_the_compose_file_is_one():
    yaml = pytest.importorskip("yaml")
    compose = yaml.safe_load((TOP / "compose.yaml").read_text())
    services = compose["services"]
    assert set(services) == {"switchboard", "mysql", "redis"} and "profiles" not in services["switchboard"]
    assert [services[name]["profiles"] for name in ("mysql", "redis")] == [["mysql"], ["redis"]]
    house = services["switchboard"]
    assert house["read_only"] and house["cap_drop"] == ["ALL"] and house["security_opt"] == ["no-new-privileges:true"]
    for service in services.values():
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in compose["volumes"]
        for secret in service.get("secrets", []):
            assert secret in compose["secrets"]


def test_the_compose_file_says_nothing_that_compose_does_not_know(tmp_path):
    # The Compose Specification's own schema, which comes with the tool.
    tool = pathlib.Path(sys.executable).parent / "check-jsonschema"
    done = subprocess.run([str(tool), "--builtin-schema", "vendor.compose-spec", str(TOP / "compose.yaml")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def values_of(text: str) -> dict[str, str]:
    """What the Dockerfile's ENV lines set."""
    return dict(pair.split("=", 1) for line in re.findall(r"(?m)^ENV (.+)$", text) for pair in line.split())


def test_the_container_s_files_agree_with_each_other_and_with_the_settings():
    yaml = pytest.importorskip("yaml")
    stage = (TOP / "Dockerfile").read_text().split("\nFROM ")[2]
    house = yaml.safe_load((TOP / "compose.yaml").read_text())["services"]["switchboard"]
    settings = values_of(stage)
    # One place for the data: where it is owned by the user that runs, kept, and mounted.
    place = settings["DATA_DIR"]
    assert re.search(rf"install -d -o switchboard -g switchboard -m 0700 {place}$", stage, re.M)
    assert f"--home-dir {place} " in stage and f"\nVOLUME {place}\n" in stage and f"\nWORKDIR {place}\n" in stage
    assert [volume.split(":")[1] for volume in house["volumes"]] == [place]
    assert re.search(r"(?m)^EXPOSE (.+)$", stage)[1].split() == [settings["HTTP_PORT"], settings["HTTPS_PORT"]]
    assert [port.rsplit(":", 1)[1] for port in house["ports"]] == [settings["HTTP_PORT"]]
    # The same values are good for the program, together with what compose says besides.
    shown = command("config", "--json", data=TOP / "data", **(settings | house["environment"] | {"DATA_DIR": TOP / "data"}))
    found = {key["key"]: key for key in json.loads(shown.stdout)}
    assert shown.returncode == 0 and found["HTTP_PORT"]["value"] in (8080, "8080"), shown.stderr
    # Whoever drains is not killed for it: its own time, and five seconds in which the supervisor waits for it.
    assert seconds(house["stop_grace_period"]) > seconds(found["DRAIN_TIME"]["value"]) + 5


def seconds(text: str) -> int:
    number, unit = re.fullmatch(r"(\d+)(s|m)", str(text)).groups()
    return int(number) * (60 if unit == "m" else 1)


def test_the_container_starts_what_a_release_has():
    build, stage = (TOP / "Dockerfile").read_text().split("\nFROM ")[1:]
    made = re.search(r"RUN scripts/release --folder (\S+)", build)[1]
    assert f"\nCOPY --from=build {made} /opt/switchboard\n" in stage
    script = (TOP / "scripts/release").read_text()
    has = {name.split("/")[0] for name in re.findall(r"\$release/([\w./-]+)", script)}
    named = set(re.findall(r"/opt/switchboard/([\w./-]+)", stage))
    assert named == {"switchboard"} <= has
    # What is copied into the build exists, and nothing that git knows is kept back: the build would take itself for a changed one.
    assert re.findall(r"(?m)^COPY (?!--from)(.+)$", build) == [". ."]
    tracked = subprocess.run(["git", "ls-files"], cwd=TOP, capture_output=True, text=True)
    if tracked.returncode != 0:
        pytest.skip("no git here")
    assert [name for name in tracked.stdout.split() if is_ignored(name)] == []
    assert is_ignored(".build/debug/switchboard") and is_ignored(".env") and is_ignored("data/house.key") and not is_ignored(".git/HEAD")


def is_ignored(path: str) -> bool:
    """As docker reads .dockerignore: the last line that fits decides; a folder's line is for all that is in it."""
    ignored = False
    for line in (TOP / ".dockerignore").read_text().split():
        pattern = line.removeprefix("!")
        parts = path.split("/")
        if any(fnmatch.fnmatchcase("/".join(parts[:count]), pattern) for count in range(1, len(parts) + 1)):
            ignored = not line.startswith("!")
    return ignored


def test_health_checks_ask_the_program(worlds, tmp_path):
    world = worlds()
    assert command("status", "--ready", data=world.server.data).returncode == 0
    world.server.stop()
    assert command("status", "--ready", data=world.server.data).returncode == 69
