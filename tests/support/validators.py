"""The validators of others that packages are held against; ``make setup`` fetches them."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
Findings = set[tuple[str, str]]
"""Rule and level or severity of each finding that is not a pass."""


@cache
def home() -> Path:
    """Where the validators lie; their absence is a failure, never a skip."""
    done = subprocess.run(
        [ROOT / "tools" / "package-validators", "python3"], capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, f"the package validators are not there: {done.stderr}"
    return Path(done.stdout.strip())


def eark_validator(folder: Path, kind: str) -> Findings:
    """What eark-validator finds in an unpacked package, information apart; rules broken in the METS of the
    representation begin with ``rep1:``."""
    command = [home() / "venv/bin/python", ROOT / "tools/validators/eark_check.py", folder, kind]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return {
        (f"rep1:{rule}" if where == "rep1" else rule, severity)
        for where, rule, severity in json.loads(done.stdout)
        if severity != "Information"
    }


def commons_ip(package: Path, work: Path) -> Findings:
    """What commons-ip finds in a ZIP file, by the version of the specification that the circular builds on; its log
    and report are left in ``work``."""
    work.mkdir(parents=True, exist_ok=True)
    copy = Path(shutil.copy(package, work))
    main = "org.roda_project.commons_ip2.cli.Main"
    command = ["java", "-XX:TieredStopAtLevel=1", "-cp", f"{home() / 'jars'}/*", main, "validate", "-i", copy]
    command += ["-o", work, "--specification-version", "2.0.4"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False, cwd=work)
    reports = list(work.glob("*report*.json"))
    assert len(reports) == 1, f"no report: {done.stdout} {done.stderr}"
    report = json.loads(reports[0].read_text(encoding="utf-8"))
    assert report["summary"]["success"] > 80, report["summary"]
    return {
        (entry["id"], entry["level"])
        for entry in report["validation"]
        if entry["testing"]["outcome"] not in ("PASSED", "SKIPPED")
    }
