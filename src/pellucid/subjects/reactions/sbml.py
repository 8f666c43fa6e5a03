"""SBML files as reaction networks: kinetic laws, compartments, boundary species, initial amounts.

The variables are amounts of substance: where a law speaks of a concentration, amount over size is put in, and totals
are sums of whole numbers. Local parameters and function definitions are put in, assignment rules of parameters, too.
A catalyst of mass action stands on both sides, and a net rate with known signs becomes two reactions. What changes in
other ways (events, rates as rules, delays, explicit time) is refused. SBML Level 3 Version 2 Core, chapter 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import sympy

from ...algebra.expressions.text import CONSTANTS, FUNCTIONS, parse, symbols_of, to_text
from ...algebra.networks.kinetics import mass_action_constant, parted
from .reaction import Reaction, Side, in_numbers
from .species_names import identifiers_of

Parts = tuple[tuple[str, ...], tuple[Reaction, ...], str, dict[str, float]]
"""Species, reactions, title, and initial amounts of a network."""


def read_sbml(path: Path | str) -> Parts:
    """The network of an SBML file, in its parts. Raises ValueError for what is no SBML, or is not understood."""
    try:
        import libsbml  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise ValueError("reading SBML needs python-libsbml; pip install 'pellucid[sbml]'") from None
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"{str(path)!r} is no file; give an SBML file")
    document = libsbml.readSBMLFromString(path.read_text(encoding="utf-8", errors="replace"))
    if document.getNumErrors(libsbml.LIBSBML_SEV_ERROR) + document.getNumErrors(libsbml.LIBSBML_SEV_FATAL):
        said = document.getErrorWithSeverity(0, libsbml.LIBSBML_SEV_ERROR) or document.getError(0)
        raise ValueError(f"{path.name} is no valid SBML: {' '.join(said.getMessage().split())[:120]}; mend the file")
    if document.getModel() is None:
        raise ValueError(f"{path.name} holds no model; give an SBML file")
    try:
        for option in ("promoteLocalParameters", "expandFunctionDefinitions", "expandInitialAssignments"):
            properties = libsbml.ConversionProperties()
            properties.addOption(option, True)
            document.convert(properties)
        return _Model(libsbml, document.getModel(), path.stem).parts()
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None


@dataclass(frozen=True)
class _Model:
    """A model, and libsbml itself, whose constants name the kinds of nodes in formulas."""

    library: Any
    model: Any
    name: str

    def parts(self) -> Parts:
        self._refuse()
        reactions = [one for item in self.model.getListOfReactions() for one in self._reactions(item)]
        held = {name for one in reactions for name, _ in (*one.reactants, *one.products)}  # none of them is fixed
        used = [s for s in self._species.values() if s.getId() in held]
        amounts = {s.getId(): amount for s in used if (amount := self._amount(s)) is not None}
        return tuple(s.getId() for s in used), tuple(reactions), self._title, amounts

    @property
    def _title(self) -> str:
        return self.model.getName() or self.model.getId() or self.name

    @cached_property
    def _species(self) -> dict[str, Any]:
        return {one.getId(): one for one in self.model.getListOfSpecies()}

    @cached_property
    def _called(self) -> dict[str, str]:
        """What each name is in formulas: no word of Python's, and no function or constant unless it is a species.

        Raises ValueError where two would be one.
        """
        lists = (self.model.getListOfSpecies(), self.model.getListOfParameters(), self.model.getListOfCompartments())
        found: dict[str, str] = {}
        for name in (one.getId() for each in lists for one in each):
            plain = _safe(name)
            taken = name not in self._species and plain in (*CONSTANTS, *FUNCTIONS)
            found[name] = f"{plain}_" if taken else plain
        twice = [name for name, plain in found.items() if list(found.values()).count(plain) > 1]
        if twice:
            raise ValueError(f"{' and '.join(twice)} would have one name in formulas; rename one of them")
        return found

    def _refuse(self) -> None:
        """Raises ValueError for what changes in other ways than by reactions."""
        events = self.model.getNumEvents()
        if events:
            raise ValueError(f"it has {events} event{'s' * (events > 1)}, which reactions have not; take them out")
        self._refuse_rules()
        for one in self.model.getListOfCompartments():
            if not one.getConstant():
                raise ValueError(f"compartment {one.getId()} changes its size; only constant ones are read")
        for one in self._species.values():
            if one.isSetConversionFactor() or self.model.isSetConversionFactor():
                raise ValueError(f"species {one.getId()} has a conversion factor; give all amounts in one unit")
        if not self.model.getNumReactions():
            raise ValueError("it has no reaction; give a model with reactions")

    def _refuse_rules(self) -> None:
        """Raises ValueError for a rule that is no assignment to a parameter."""
        for rule in self.model.getListOfRules():
            known = rule.isAssignment() and self.model.getParameter(rule.getVariable()) is not None
            if not known:
                what = rule.getVariable() or "an equation"
                raise ValueError(f"its rule for {what} is none for a parameter; only assignments to these are read")

    def _both(self, item: Any) -> tuple[Side, Side]:
        """Reactants and products that are no boundary species. Raises ValueError for counts that are no numbers."""
        return self._side(item, item.getListOfReactants()), self._side(item, item.getListOfProducts())

    def _side(self, item: Any, references: Any) -> Side:
        counted = [(one.getSpecies(), _count(item, one)) for one in references]
        return tuple((name, count) for name, count in counted if count and not _is_fixed(self._species[name]))

    def _reactions(self, item: Any) -> list[Reaction]:
        """One for each way that the net rate goes."""
        reactants, products = self._both(item)
        if dict(reactants) == dict(products):
            return []  # changes boundary species alone
        rate = self._rate(item, reactants)
        sides = parted(rate)
        if sides is None:
            if item.getReversible():
                trouble = f"the rate of {item.getId()} is no difference of two positive rates"
                raise ValueError(f"{trouble}; write the way back as a reaction of its own")
            return [Reaction(reactants, products, to_text(rate))]
        found = []
        for one, left, right in ((sides[0], reactants, products), (sides[1], products, reactants)):
            if one != 0:
                found.append(self._with_catalysts(left, right, sympy.cancel(one)))
        return found

    def _rate(self, item: Any, reactants: Side) -> Any:
        """The law over amounts; mass action where there is none."""
        law = item.getKineticLaw()
        if law is None or law.getMath() is None:
            if item.getReversible():
                raise ValueError(f"reaction {item.getId()} is reversible and has no kinetic law; give it one")
            constant = f"k_{item.getId()}"
            while constant in self._called.values():
                constant += "_"
            factors = [self._symbol(name) ** n for name, n in reactants]
            return sympy.Mul(symbols_of([constant])[constant], *factors)
        return sympy.together(self._laws[item.getId()].subs(self._meanings, simultaneous=True))

    @cached_property
    def _laws(self) -> dict[str, Any]:
        """Every kinetic law over real symbols, with the rules of parameters put in. Raises ValueError."""
        laws = [(item.getId(), item.getKineticLaw()) for item in self.model.getListOfReactions()]
        return {name: self._ruled(self._formula(law.getMath(), f"the rate of {name}"))
                for name, law in laws if law is not None and law.getMath() is not None}  # fmt: skip

    @cached_property
    def _rules(self) -> dict[Any, Any]:
        """What each parameter with a rule is. Raises ValueError."""
        return {self._symbol(rule.getVariable()): self._formula(rule.getMath(), f"the rule for {rule.getVariable()}")
                for rule in self.model.getListOfRules()}  # fmt: skip

    def _ruled(self, expression: Any) -> Any:
        """With the rules put in, those that hold others again and again."""
        for _ in self._rules:
            found = {symbol: self._rules[symbol] for symbol in expression.free_symbols & self._rules.keys()}
            if not found:
                break
            expression = expression.subs(found, simultaneous=True)
        return expression

    def _formula(self, math: Any, what: str) -> Any:
        """A formula over real symbols. Raises ValueError."""
        self._refuse_formula(math, what)
        renamed = math.deepCopy()
        for name, plain in self._called.items():
            if plain != name:
                renamed.renameSIdRefs(name, plain)
        text = self.library.formulaToL3String(renamed)
        try:
            return in_numbers(parse(text.replace("^", "**"), self._called.values()))
        except ValueError as error:
            raise ValueError(f"{what}: {error}") from None

    def _refuse_formula(self, node: Any, what: str) -> None:
        """Raises ValueError for a delay, the time, or cases."""
        library = self.library
        strange = {
            library.AST_NAME_TIME: "holds the time",
            library.AST_FUNCTION_DELAY: "holds a delay",
            library.AST_FUNCTION_PIECEWISE: "has cases",
            library.AST_NAME_AVOGADRO: "holds Avogadro's number",
        }
        if node.getType() in strange:
            raise ValueError(f"{what} {strange[node.getType()]}, which is not read; write it without")
        for i in range(node.getNumChildren()):
            self._refuse_formula(node.getChild(i), what)

    @cached_property
    def _meanings(self) -> Mapping[Any, Any]:
        """What stands for concentrations, sizes that are 1, and parameters that are not positive or are exponents."""
        sizes = {self._symbol(one.getId()): sympy.Integer(1) for one in self.model.getListOfCompartments()
                 if one.isSetSize() and one.getSize() == 1}  # fmt: skip
        return sizes | self._concentrations(sizes) | self._numbers()

    def _concentrations(self, sizes: Mapping[Any, Any]) -> dict[Any, Any]:
        """Amount over size, of species that laws speak of by their concentration."""
        found = {}
        for one in self._species.values():
            compartment = self.model.getCompartment(one.getCompartment())
            substance = one.getHasOnlySubstanceUnits() or _is_fixed(one)
            if compartment is not None and compartment.getSpatialDimensions() and not substance:
                size, amount = self._symbol(compartment.getId()), self._symbol(one.getId())
                found[amount] = amount / sizes.get(size, size)
        return found

    def _numbers(self) -> dict[Any, Any]:
        """The values of parameters that are not positive or are exponents."""
        exponents = {s for law in self._laws.values() for power in law.atoms(sympy.Pow) for s in power.exp.free_symbols}
        values = {
            self._symbol(one.getId()): one.getValue() for one in self.model.getListOfParameters() if one.isSetValue()
        }
        return {symbol: sympy.nsimplify(sympy.Float(repr(value)), rational=True)
                for symbol, value in values.items() if value <= 0 or symbol in exponents}  # fmt: skip

    def _symbol(self, name: str) -> sympy.Symbol:
        """Of a species, parameter or compartment."""
        return symbols_of([self._called[name]])[self._called[name]]

    def _with_catalysts(self, left: Side, right: Side, rate: Any) -> Reaction:
        """With catalysts on both sides, where that makes it mass action."""
        symbols = {name: self._symbol(name) for name, one in self._species.items() if not _is_fixed(one)}
        added = _factors_beside(left, rate, symbols)
        if added:
            whole = Reaction((*left, *added), (*right, *added), to_text(rate))
            counts = {symbols[name]: n for name, n in whole.reactants}
            if mass_action_constant(rate, counts, frozenset(symbols.values())) is not None:
                return whole
        return Reaction(left, right, to_text(rate))

    def _amount(self, species: Any) -> float | None:
        """At the beginning, where it is said."""
        if species.isSetInitialAmount():
            return float(species.getInitialAmount())
        compartment = self.model.getCompartment(species.getCompartment())
        if species.isSetInitialConcentration() and compartment is not None and compartment.isSetSize():
            return float(species.getInitialConcentration() * compartment.getSize())
        return None


def _count(reaction: Any, reference: Any) -> int:
    """How many of a species a reaction takes or makes. Raises ValueError where that is no whole number, or varies."""
    count = reference.getStoichiometry() if reference.isSetStoichiometry() else 1.0
    varies = reference.isSetConstant() and not reference.getConstant() and reference.isSetId()
    if varies or reference.isSetStoichiometryMath() or count != int(count) or count < 0:
        raise ValueError(f"reaction {reaction.getId()} has no whole number of {reference.getSpecies()}; multiply it")
    return int(count)


def _factors_beside(left: Side, rate: Any, symbols: Mapping[str, Any]) -> Side:
    """The species, and how many, that the rate is a product of beside those on the left; none where it is none."""
    powers, counts = rate.as_powers_dict(), dict(left)
    more = {name: sympy.sympify(powers.get(symbol, 0) - counts.get(name, 0)) for name, symbol in symbols.items()}
    extra = {name: n for name, n in more.items() if n != 0}
    if not all(n.is_Integer and n > 0 for n in extra.values()):
        return ()
    return tuple((name, int(n)) for name, n in extra.items())


def _is_fixed(species: Any) -> bool:
    """Whether reactions leave it as it is."""
    return bool(species.getBoundaryCondition() or species.getConstant())


def _safe(name: str) -> str:
    """A name that can stand in an expression."""
    return identifiers_of((name,))[0]
