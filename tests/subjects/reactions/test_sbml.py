"""SBML files: what their laws mean in amounts, and what is refused."""

from __future__ import annotations

import pytest

libsbml = pytest.importorskip("libsbml")

from pellucid.algebra.expressions.text import parse  # noqa: E402
from pellucid.subjects import ReactionNetwork  # noqa: E402
from pellucid.subjects.reactions import sbml  # noqa: E402


@pytest.fixture
def read(tmp_path):
    def make(reactions, constants, *, size=1.0, boundary=(), concentrations=False, change=None):
        """Reactions are (reactants, products, modifiers, law, reversible); names of one letter."""
        document = libsbml.SBMLDocument(3, 2)
        model = document.createModel()
        model.setId("model")
        cell = model.createCompartment()
        cell.setId("cell"), cell.setSize(size), cell.setConstant(True), cell.setSpatialDimensions(3)
        names = dict.fromkeys(name for one in reactions for part in one[:3] for name in part)
        for name in names:
            species = model.createSpecies()
            species.setId(name), species.setCompartment("cell"), species.setInitialConcentration(3.0)
            species.setHasOnlySubstanceUnits(not concentrations), species.setConstant(False)
            species.setBoundaryCondition(name in boundary)
        for name, value in constants.items():
            parameter = model.createParameter()
            parameter.setId(name), parameter.setValue(value), parameter.setConstant(True)
        for i, (reactants, products, modifiers, law, reversible) in enumerate(reactions):
            reaction = model.createReaction()
            reaction.setId(f"R{i}"), reaction.setReversible(reversible)
            for names_of, create in ((reactants, reaction.createReactant), (products, reaction.createProduct)):
                for name in dict.fromkeys(names_of):
                    reference = create()
                    reference.setSpecies(name), reference.setConstant(True)
                    reference.setStoichiometry(names_of.count(name))
            for name in modifiers:
                reaction.createModifier().setSpecies(name)
            if law:
                reaction.createKineticLaw().setMath(libsbml.parseL3Formula(law))
        if change is not None:
            change(model)
        path = tmp_path / "model.xml"
        path.write_text(libsbml.writeSBMLToString(document))
        return ReactionNetwork.from_sbml(path)

    return make


def lines(network):
    return [line for line in network.to_text().splitlines() if "->" in line]


def test_concentrations_become_amounts(read):
    reactions = [("ES", "C", "", "cell*(f*E*S - b*C)", True), ("C", "EP", "", "cell*k*C", False)]
    network = read(reactions, {"f": 1, "b": 2, "k": 3}, size=2.0, concentrations=True)
    assert lines(network) == ["E + S ->{f/cell} C", "C ->{b} E + S", "C ->{k} E + P"]
    assert network.amounts == dict.fromkeys("ESCP", 6.0)
    assert lines(read(reactions, {"f": 1, "b": 2, "k": 3}, concentrations=True))[0] == "E + S ->{f} C"


def test_catalysts_of_mass_action_stand_on_both_sides(read):
    assert lines(read([("S", "P", "E", "k*E*S", False)], {"k": 1})) == ["S + E ->{k} P + E"]
    assert lines(read([("S", "P", "E", "k*E*S/(K + S)", False)], {"k": 1, "K": 1})) == ["S -> P : E*S*k/(K + S)"]


def test_boundary_species_are_constants(read):
    assert lines(
        read([("A", "X", "", "k*A", False), ("X", "B", "", "q*X", False)], {"k": 1, "q": 1}, boundary="AB")
    ) == [
        "0 ->{A*k} X",
        "X ->{q} 0",
    ]


def test_exponents_and_numbers_that_are_not_positive_are_put_in(read):
    hill = read([("S", "P", "", "v*S^n/(K^n + S^n)", False)], {"v": 1, "K": 2, "n": 2})
    assert lines(hill) == ["S -> P : S**2*v/(K**2 + S**2)"]
    off = read([("S", "P", "", "v*S", False), ("P", "S", "", "w*P", False)], {"v": 1, "w": 0})
    assert lines(off) == ["S ->{v} P"]


def test_a_reaction_without_law_is_mass_action(read):
    assert lines(read([("AAB", "C", "", "", False)], {})) == ["2 A + B ->{k_R0} C"]


def test_names_that_are_words_of_python(read):
    assert read([("A", "B", "", "lambda*A", False)], {"lambda": 1}).parameters == ("lamda",)


def test_rules_of_parameters_are_put_in(read):
    def ruled(model):
        model.getParameter("v").setConstant(False)
        rule = model.createAssignmentRule()
        rule.setVariable("v"), rule.setMath(libsbml.parseL3Formula("2*w"))

    assert lines(read([("A", "B", "", "v*A", False)], {"v": 1, "w": 3}, change=ruled)) == ["A ->{2*w} B"]


def _event(model):
    event = model.createEvent()
    event.setUseValuesFromTriggerTime(True)
    trigger = event.createTrigger()
    trigger.setMath(libsbml.parseL3Formula("A < 1")), trigger.setInitialValue(True), trigger.setPersistent(True)


def _times(*names):
    """A product as files write it, where pi in <ci> is a name and not a number."""
    factors = "".join(f"<ci>{name}</ci>" for name in names)
    return libsbml.readMathMLFromString(
        f'<math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/>{factors}</apply></math>'
    )


@pytest.mark.parametrize("constant", ["E", "pi", "I", "log", "step", "lambda", "from", "gamma"])
def test_parameters_are_parameters_whatever_they_are_called(read, constant):
    """E and pi are no numbers here, as they are in what is typed."""

    def named(model):
        model.getReaction(0).getKineticLaw().setMath(_times(constant, "A"))

    network = read([("A", "B", "", "A", False)], {constant: 2.0}, change=named)
    (name,) = network.parameters
    assert name in (constant, f"{constant}_", "lamda")
    assert lines(network) == [f"A ->{{{name}}} B"]
    assert network.constants()[0] is not None


def test_species_are_species_whatever_they_are_called(read):
    def named(model):
        for old, new in (("A", "lambda"), ("B", "E")):
            model.getSpecies(old).setId(new)
            for one in (model.getReaction(0).getReactant(0), model.getReaction(0).getProduct(0)):
                one.renameSIdRefs(old, new)
        model.getReaction(0).getKineticLaw().setMath(_times("k", "lambda", "E"))

    network = read([("A", "B", "", "A", False)], {"k": 2.0}, change=named)
    assert lines(network) == ["lambda + E ->{k} 2 E"]
    assert network.variables == ("lamda", "E")


def test_a_law_that_is_not_given_is_mass_action_of_any_species(read):
    def named(model):
        model.getSpecies("A").setId("lambda")
        model.getReaction(0).getReactant(0).setSpecies("lambda")

    assert lines(read([("A", "B", "", "", False)], {}, change=named)) == ["lambda ->{k_R0} B"]


def test_the_constant_of_mass_action_is_no_parameter_of_the_file(read):
    network = read([("A", "B", "", "", False), ("B", "A", "", "k_R0*B", False)], {"k_R0": 2.0})
    assert lines(network) == ["A ->{k_R0_} B", "B ->{k_R0} A"]


def test_two_names_that_would_be_one_are_refused(read):
    with pytest.raises(ValueError, match="lambda and lamda would have one name"):
        read([("A", "B", "", "A", False)], {"lambda": 2.0, "lamda": 3.0})


def test_each_rule_is_read_once(read, monkeypatch):
    """Not once for every law and every other rule, which takes minutes where there are a few dozen of each."""
    texts, count = [], 12
    monkeypatch.setattr(sbml, "parse", lambda text, names: texts.append(text) or parse(text, names))

    def ruled(model):
        for i in range(count):
            parameter, rule = model.createParameter(), model.createAssignmentRule()
            parameter.setId(f"v{i}"), parameter.setConstant(False)
            rule.setVariable(f"v{i}"), rule.setMath(libsbml.parseL3Formula(f"2*v{i + 1}" if i + 1 < count else "w"))

    laws = [("A", "B", "", f"v{i}*A", False) for i in range(count)]
    assert lines(read(laws, {"w": 3}, change=ruled))[0] == f"A ->{{{2 ** (count - 1)}*w}} B"
    assert len(texts) == 2 * count


def _rate_rule(model):
    rule = model.createRateRule()
    rule.setVariable("A"), rule.setMath(libsbml.parseL3Formula("1"))
    model.getReaction(0).getReactant(0).setSpecies("B"), model.getReaction(0).getProduct(0).setSpecies("B")


@pytest.mark.parametrize(
    ("law", "change", "words"),
    [
        ("k*A", _event, "1 event"),
        ("k*B", _rate_rule, "rule for A"),
        ("k*A*time", None, "holds the time"),
        ("delay(A, 1)", None, "holds a delay"),
        ("piecewise(1, A < 2, 0)", None, "has cases"),
        ("k*A", lambda m: m.getReaction(0).getReactant(0).setStoichiometry(0.5), "no whole number of A"),
        ("k*A", lambda m: m.getCompartment(0).setConstant(False), "changes its size"),
    ],
)
def test_what_is_not_understood_is_refused_in_one_line(read, law, change, words):
    with pytest.raises(ValueError, match=words) as error:
        read([("A", "B", "", law, False)], {"k": 1}, change=change)
    assert "\n" not in str(error.value)
    assert str(error.value).startswith("model.xml: ")


def test_a_net_rate_of_no_known_sign_is_refused(read):
    with pytest.raises(ValueError, match="way back"):
        read([("A", "B", "", "k*sin(A)", True)], {"k": 1})


def test_what_is_no_file_or_no_sbml(tmp_path):
    with pytest.raises(ValueError, match="is no file"):
        ReactionNetwork.from_sbml(tmp_path / "none.xml")
    (tmp_path / "a.xml").write_text("<html></html>")
    with pytest.raises(ValueError, match=r"a\.xml"):
        ReactionNetwork.from_sbml(tmp_path / "a.xml")
