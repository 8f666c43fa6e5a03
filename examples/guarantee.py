"""A guarantee from logs, and one for a world that is known: each bound with the vector of fractions that shows it."""

import json

import numpy as np

from pellucid.algebra.markov.rule import Rule
from pellucid.jobs.guarantee import open_logs, open_world
from pellucid.prove.worlds.check_bound import check
from pellucid.subjects import WorldModel
from pellucid.subjects.worlds.world_logs import WorldLogs

WORLD = {
    "start": "ledge",
    "transitions": {
        "ledge": {
            "run": {"pit": "1/10", "ground": "9/10"},
            "walk": {"pit": "1/100", "ledge": "99/200", "ground": "99/200"},
        }
    },
}


def main() -> None:
    found = open_world(WorldModel.from_dict(WORLD), Rule(("pit",)), asked="0.1")
    for claim in found.claims:
        print(claim.statement, "  ", claim.evidence)
    check(json.loads(json.dumps(found.artifact.world.to_dict())), found.artifact.certificate("upper"))

    generator = np.random.default_rng(0)
    steps = tuple(
        ("ledge", "walk", str(t)) for t in generator.choice(["pit", "ledge", "ground"], 5000, p=[0.01, 0.495, 0.495])
    )
    runs = tuple(np.cumsum([t != "ledge" for _, _, t in steps]).astype(str).tolist())
    for claim in open_logs(WorldLogs(steps, ("0", *runs[:-1])), Rule(("pit",))).claims:
        print(claim.statement, "  ", claim.evidence)


if __name__ == "__main__":
    main()
