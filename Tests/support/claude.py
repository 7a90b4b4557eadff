"""The real Claude Code, from the wheel `claude-agent-sdk`: what users run, unchanged."""
import importlib.util
import json
import os
import pathlib
import subprocess
import threading

HAIKU = "claude-haiku-4-5-20251001"


def program() -> pathlib.Path | None:
    """Nil where the wheel is not installed (Tests/clients.txt)."""
    spec = importlib.util.find_spec("claude_agent_sdk")
    if not spec or not spec.origin:
        return None
    found = pathlib.Path(spec.origin).parent / "_bundled" / "claude"
    return found if os.access(found, os.X_OK) else None


class ClaudeCode:
    """Runs of `claude -p` in an empty home and a folder of its own, with nothing of this machine in its environment."""

    def __init__(self, folder: pathlib.Path, base: str, key: str, **environment: str):
        self.home, self.work = folder / "home", folder / "work"
        self.home.mkdir(parents=True, exist_ok=True)
        self.work.mkdir(exist_ok=True)
        self.environment = {
            "HOME": str(self.home), "PATH": "/usr/bin:/bin", "ANTHROPIC_BASE_URL": base, "ANTHROPIC_API_KEY": key, "DISABLE_TELEMETRY": "1",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"} | environment

    def start(self, prompt: str, *options: str, model: str = HAIKU) -> "Run":
        claude = program()
        assert claude, "the wheel claude-agent-sdk is not installed"
        environment = {name: value for name, value in self.environment.items() if value}
        return Run(subprocess.Popen(
            [str(claude), "-p", prompt, "--model", model, *options], env=environment, cwd=self.work, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True))

    def say(self, prompt: str, *options: str, model: str = HAIKU, timeout: float = 60) -> str:
        """What it prints, when it ends well."""
        return self.start(prompt, *options, model=model).result(timeout)

    def ask(self, prompt: str, *options: str, model: str = HAIKU, timeout: float = 60) -> dict:
        """What it knows of the turn: result, usage, session."""
        return json.loads(self.say(prompt, "--output-format", "json", *options, model=model, timeout=timeout))


class Run:
    """One `claude -p` that is under way."""

    def __init__(self, process: subprocess.Popen[str]):
        self.process = process
        self.output, self.errors = "", ""
        self._readers = [threading.Thread(target=self._read, args=(name,), daemon=True) for name in ("output", "errors")]
        for reader in self._readers:
            reader.start()

    def _read(self, name: str) -> None:
        pipe = self.process.stdout if name == "output" else self.process.stderr
        assert pipe
        for line in pipe:
            setattr(self, name, getattr(self, name) + line)

    def result(self, timeout: float = 60) -> str:
        code = self.end(timeout)
        assert code == 0, f"claude ended with {code}: {self.output} {self.errors}"
        return self.output

    def end(self, timeout: float = 60) -> int:
        """Its exit code; it is ended when it takes longer."""
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
            raise AssertionError(f"claude did not end within {timeout} s: {self.output} {self.errors}") from None
        for reader in self._readers:
            reader.join(5)
        return code
