"""The page of the features: small enough, and it runs in a browser where there is one."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pytest

from pellucid.artifacts.features.feature_atlas import FeatureAtlas
from pellucid.report import dashboard_html
from pellucid.report.dashboard import page_data

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def atlas(features: int, rows: int = 64) -> FeatureAtlas:
    """Random examples of random words, with a text of every awkward kind among them."""
    numbers = np.random.default_rng(0)
    words = (" the", "\n", "</script>", "", "<b>&amp;", *(f" word{i}" for i in range(20_000)))
    values = numbers.exponential(size=(features, 8, 22)) * (numbers.random((features, 8, 22)) < 0.2)
    values[:, :, 14] = 1 + numbers.random((features, 8))
    shape = (features, 8)
    return FeatureAtlas(
        name="layer of a model",
        vocabulary=words,
        texts=numbers.integers(0, len(words), (rows, 128)),
        density=numbers.random(features) ** 4 + 1e-4,
        maximum=values.max((1, 2)),
        histogram=numbers.integers(0, 1000, (features, 16)),
        example_rows=numbers.integers(0, rows, shape),
        example_positions=numbers.integers(0, 128, shape),
        example_values=values.astype(np.float32),
        promoted=numbers.integers(0, len(words), shape),
        promoted_values=numbers.random(shape),
        suppressed=numbers.integers(0, len(words), shape),
        suppressed_values=-numbers.random(shape),
        nearest=numbers.integers(0, features, (features, 5)),
        cosines=numbers.random((features, 5)),
        ablation_estimate=numbers.normal(size=features),
        ablation=np.full(features, np.nan),
        ablation_error=np.full(features, np.nan),
        before=14,
        tokens=rows * 128,
    )


def test_words_cannot_break_out_of_the_page():
    page = dashboard_html(atlas(8), title="<script>")
    assert page.count("</script>") == 2
    assert "<title>&lt;script&gt;" in page


def test_arrays_that_do_not_fit_are_refused():
    good = atlas(4)
    with pytest.raises(ValueError, match="other numbers of features"):
        FeatureAtlas(**{**vars(good), "density": np.ones(3)})
    with pytest.raises(ValueError, match="names more than 2 words"):
        FeatureAtlas(**{**vars(good), "vocabulary": ("a", "b")})
    with pytest.raises(ValueError, match="before=40 is beyond the window"):
        FeatureAtlas(**{**vars(good), "before": 40})


def test_features_are_ranked_by_what_the_model_loses_without_them():
    given = vars(atlas(4)) | {"density": np.array([0.1, 0.0, 0.4, 0.1]), "maximum": np.array([3.0, 9.0, 1.0, 8.0])}
    effects = FeatureAtlas(**given | {"ablation_estimate": np.array([0.1, 0.2, 0.05, np.nan])})
    assert effects.by_effect().tolist() == [2, 0, 3]
    assert page_data(effects)["rank"] == [1, 0, 2]
    unknown = FeatureAtlas(**given | {"ablation_estimate": np.full(4, np.nan)})
    assert unknown.by_effect().tolist() == [3, 2, 0]


@pytest.mark.slow
def test_eight_thousand_features_fit_into_twenty_megabytes():
    assert len(dashboard_html(atlas(8192, rows=512))) < 20e6


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no browser")
def test_the_page_runs_in_a_browser(tmp_path):
    (tmp_path / "page.html").write_text(dashboard_html(atlas(200)))
    address = (tmp_path / "page.html").as_uri() + "#17"
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    command = [str(CHROMIUM), *options, "--virtual-time-budget=20000", "--dump-dom", address]
    found = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    assert "<h2>Feature 17</h2>" in found
    assert "200 features" in found
    assert found.count('class="number"') == 150
    assert found.count('class="tokens"') == 8
