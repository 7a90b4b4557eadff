"""docs/incidents.md: each of the predecessor's incidents has its proof, and each test that is named there exists."""
import re

from support.server import TOP

LINE = re.compile(r"^\| (INC-\d\d) \| (.+?) \| (.+) \|$", re.M)


def lines() -> list[tuple[str, str, str]]:
    return LINE.findall((TOP / "docs/incidents.md").read_text())


def titles() -> set[str]:
    """The name of every test in this tree: functions of pytest, sentences of Swift Testing and of node's."""
    found: set[str] = set()
    patterns = {".py": r"^def (test_\w+)", ".swift": r'@Test\(\s*"((?:[^"\\]|\\.)+)"', ".js": r"^test\('((?:[^'\\]|\\.)+)'"}
    for file in (TOP / "Tests").rglob("*"):
        if pattern := patterns.get(file.suffix):
            found |= set(re.findall(pattern, file.read_text(), re.M))
    return found


def test_every_incident_has_a_line():
    assert [name for name, _, _ in lines()] == [f"INC-{number:02}" for number in range(1, 49)]


def test_every_test_that_is_named_exists():
    known = titles()
    assert len(known) > 1_000
    for name, _, proof in lines():
        named = [one for one in re.findall(r"`([^`]+)`", proof) if not one.startswith("set -")]
        assert named or "cannot" in proof or "as INC-" in proof, f"{name} has no proof"
        missing = [one for one in named if one not in known]
        assert not missing, f"{name} names tests that are not there: {missing}"
