"""Equations of motion become their conserved quantities, each proved, and a proof that there are no others.

python examples/laws.py
"""

from pellucid.artifacts.laws.law_text import count_lines, law_lines
from pellucid.jobs.laws import open_laws
from pellucid.jobs.subjects.equations import find_system

subject = find_system("x' = v; v' = -k*x; y' = w; w' = -4*k*y", parameters=["k"])
finding = open_laws(subject, degree=3)

for line in [*law_lines(finding.artifact), *count_lines(finding.artifact)]:
    print(line)
for claim in finding.claims:
    print(f"{claim.strength:<10} {claim.statement}: {claim.evidence}")
