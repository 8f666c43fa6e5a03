"""Features as a survey has seen them: what can be said of them without the model."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from ...artifacts.features.feature_atlas import FeatureAtlas
from ...artifacts.features.feature_firing import FeatureFiring
from ...core.finding import Finding
from ...core.subject import Subject


@dataclass(frozen=True, eq=False)
class SeenFeatures(Subject):
    """An atlas, and all firings on its texts. Raises ValueError where they are not of the same features and texts."""

    made_by: ClassVar[str] = "SeenFeatures(atlas, firing), or SeenFeatures.of(finding) of a dictionary"

    atlas: FeatureAtlas
    firing: FeatureFiring

    def __post_init__(self) -> None:
        if self.atlas.size != self.firing.size:
            raise ValueError(f"the atlas has {self.atlas.size} features, the firing {self.firing.size}; give one's own")
        if len(self.firing.rows) and int(self.firing.rows.max()) >= len(self.atlas.texts):
            rows = f"row {int(self.firing.rows.max())} of {len(self.atlas.texts)}"
            raise ValueError(f"the firing is in {rows} texts of the atlas; give the atlas of the same texts")

    @classmethod
    def of(cls, finding: Finding[Any]) -> Self:
        """What a finding of `pellucid features`, or of `FeatureSurvey`, holds. Raises ValueError for another one."""
        atlas, firing = finding.parts.get("atlas", finding.artifact), finding.parts.get("firing")
        if not isinstance(atlas, FeatureAtlas) or not isinstance(firing, FeatureFiring):
            what = f"a {finding.artifact.kind}" if not isinstance(atlas, FeatureAtlas) else "an atlas without firing"
            raise ValueError(f"the finding holds {what}; give a folder that `pellucid features` of this version wrote")
        return cls(atlas, firing)

    def fingerprint(self) -> str:
        """SHA-256 of both."""
        digest = hashlib.sha256()
        for artifact in (self.atlas, self.firing):
            for name, content in sorted(artifact.files().items()):
                digest.update(name.encode() + content)
        digest.update("\0".join(self.atlas.vocabulary).encode())
        return digest.hexdigest()
