"""The job `graph`: a model, transcoders of its layers and a prompt become the graph of what leads to the next word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..artifacts.audits.attribution_graph import AttributionGraph
from ..artifacts.features.replacement_model import ReplacementModel
from ..core.finding import Finding, load_finding
from ..core.reporter import SILENT, Reporter
from ..look.attribution.prompt_attribution import PromptAttribution
from ..look.attribution.replaced_prompt import ReplacedPrompt
from ..subjects.models.language_model import LanguageModel
from .subjects.corpus import refuse_other_models

__all__ = ["read_transcoders", "trace_prompt"]


def read_transcoders(folder: Path | str) -> ReplacementModel:
    """What `pellucid transcoders` wrote into a folder. Raises ValueError for anything else."""
    found = load_finding(folder).artifact
    if not isinstance(found, ReplacementModel):
        raise ValueError(f"{str(folder)!r} holds {found.describe()[:60]!r}; name a folder that `pellucid transcoders` "
                         "wrote")  # fmt: skip
    return found


def trace_prompt(
    model: LanguageModel,
    transcoders: ReplacementModel,
    prompt: str,
    *,
    method: PromptAttribution | None = None,
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[AttributionGraph]:
    """The graph of a prompt, and how its predictions agree with the model. Raises ValueError for what does not fit."""
    refuse_other_models(model)
    subject = ReplacedPrompt(model, transcoders, prompt)
    found = (method or PromptAttribution()).explain(subject, seed, reporter=reporter, checkpoint=checkpoint)
    notes = [
        f"{found.provenance.settings['features_that_fire']:,} features fire at {len(subject.tokens[0])} tokens",
        f"transcoders: {transcoders.describe()}",
    ]
    settings = {**found.provenance.settings, "model": model.name, "prompt": prompt, "notes": notes}
    return replace(found, provenance=replace(found.provenance, settings=settings))
