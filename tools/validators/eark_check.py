"""Runs in the validator's own environment: every finding of eark-validator on a package folder, as JSON on stdout.

The tool's own command applies only the profile that a package names, and only to the METS at the top; here both METS
files are held against the common profile too.
"""

import json
import sys
from pathlib import Path

from eark_validator import structure
from eark_validator.ipxml.schematron import get_schematron_path
from eark_validator.mets import MetsValidator
from eark_validator.packages import SC


def findings(folder, kind):
    status, results = structure.validate(folder)
    for result in results.messages:
        yield "structure", result.rule_id, str(result.severity.value)
    if not status:
        yield "structure", "malformed", "Error"
        return
    for where, mets in (("package", "METS.xml"), ("rep1", "representations/rep1/METS.xml")):
        validator = MetsValidator(str((folder / mets).parent))
        validator.validate_mets("METS.xml")
        for result in validator.validation_errors:
            yield where, result.rule_id, str(result.severity.value)
        for name in ["CSIP"] if kind == "aip" else ["CSIP", kind.upper()]:
            assert Path(get_schematron_path(name, "metsHdr")).is_file()
            profile = SC.ValidationProfile.from_specification(name)
            profile.validate(folder / mets)
            # get_all_results() of version 1.1.2 gives those of the last section only.
            for result in (found for section in profile.get_results().values() for found in section):
                yield where, result.rule_id, str(result.severity.value)


print(json.dumps(sorted(set(findings(Path(sys.argv[1]), sys.argv[2])))))
