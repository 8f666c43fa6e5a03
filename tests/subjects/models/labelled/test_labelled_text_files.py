"""Tables of labelled texts: which columns mean what, and what is told where something is wrong."""

import pytest

from pellucid.subjects.models.labelled.labelled_text_files import read_labelled_texts


class TestFiles:
    def write(self, folder, text):
        path = folder / "cities.csv"
        path.write_text(text)
        return path

    def test_labels(self, tmp_path):
        path = self.write(
            tmp_path, 'statement,true,city\n"Rome is in Italy.",True,Rome\n"Rome is in Peru.",False,Rome\n'
        )
        found = read_labelled_texts(path, label="true", group="city")
        assert (found.y.tolist(), found.names, found.groups) == ([1, 0], ("false", "true"), ("Rome", "Rome"))

    def test_words_as_labels_keep_their_names(self, tmp_path):
        found = read_labelled_texts(self.write(tmp_path, "text,tone\nfine,good\nugh,bad\n"), label="tone")
        assert (found.y.tolist(), found.names) == ([1, 0], ("bad", "good"))

    def test_several_classes_and_columns_that_repeat(self, tmp_path):
        rows = "".join(f"text {i},{'abbccc'[i % 6]},{i // 2},{i}\n" for i in range(12))
        path = self.write(tmp_path, f"text,kind,thing,number\n{rows}")
        found = read_labelled_texts(path, label="kind")
        assert (found.names, found.y[:6].tolist()) == (("a", "b", "c"), [0, 1, 1, 2, 2, 2])
        assert found.repeated == (("thing", 6),)
        assert read_labelled_texts(path, label="kind", classes=2).names == ("b", "c")
        assert read_labelled_texts(path, label="kind", group="thing").repeated == ()

    def test_targets(self, tmp_path):
        found = read_labelled_texts(self.write(tmp_path, "name,a,b\nx,1,2\ny,3,4\n"), target=("a", "b"))
        assert found.y.tolist() == [[1, 2], [3, 4]]

    @pytest.mark.parametrize(
        ("text", "given", "message"),
        [
            ("text,y\n", {"label": "y"}, "no rows"),
            ("text,y\na,1\n", {}, "not both or none"),
            ("text,y\na,1\nb,1\n", {"label": "y"}, "is '1' in every row"),
            ("text,y\na,1\nb,\n", {"label": "y"}, "line 3: the cell is empty"),
            ("text,y\na,1\nb,2\n", {"label": "y", "classes": 1}, "give at least 2"),
            ("text,y\na,1\nb,high\n", {"target": ("y",)}, "line 3: 'high' is no number"),
            ("text,y\na,1\n", {"label": "z"}, "no column 'z'; the columns are text, y"),
            ("what,y\na,1\n", {"label": "y"}, "name the column of texts"),
            ("text,y\n,1\n", {"label": "y"}, "line 2: there is no text"),
        ],
    )
    def test_errors(self, tmp_path, text, given, message):
        with pytest.raises(ValueError, match=message):
            read_labelled_texts(self.write(tmp_path, text), **given)
