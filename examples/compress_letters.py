"""Letters merged by what they say about the next one, in the documentation that comes with Python (arXiv 2204.02489).

python examples/compress_letters.py
"""

from itertools import pairwise
from pydoc_data.topics import topics

from pellucid.compress import ParetoClusters
from pellucid.subjects import Joint

text = "".join(topics.values()).lower()
pairs = [(a, b) for a, b in pairwise(text) if a in "aeioutnsrhldcm" and b.isalpha()]
finding = ParetoClusters().explain(Joint.from_pairs(*zip(*pairs[:20_000], strict=True), names=("letter", "next")))

frontier = finding.artifact
print(f"clusters = {len(frontier.clusterings)} trade-offs between {len(frontier.rows)} letters apart and all as one")
for count in (2, 3, 5, 8):
    bits = frontier.best_points[count - 1, 1]
    print(f"{count}  {100 * bits / frontier.most[1]:5.1f} %   {'  '.join(map(''.join, frontier.at(count)))}")
for claim in finding.claims:
    print(f"{claim.strength:<10}{claim.statement}: {claim.evidence}")
