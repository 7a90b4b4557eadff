"""How measurements are kept: a file of figures for programs and a table for people, named by date and kind."""
import json
import os
import pathlib
import platform
import time


def begin(figures: dict, **besides) -> dict:
    """A record of `figures`: when and on what machine they were measured."""
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    return {"date": time.strftime("%Y-%m-%d"), "time": time.strftime("%H:%M"), "machine": f"{model}, {os.cpu_count()} cores", **besides, "figures": figures}


def save(folder: pathlib.Path, kind: str, record: dict, table: str) -> None:
    folder.mkdir(exist_ok=True)
    name = f"{record['date']}-{kind}"
    (folder / f"{name}.json").write_text(json.dumps(record, indent=2) + "\n")
    (folder / f"{name}.md").write_text(table)
    print("written to", folder / f"{name}.json")


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
