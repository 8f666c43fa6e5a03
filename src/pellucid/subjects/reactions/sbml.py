"""SBML files as reaction networks: kinetic laws, compartments, boundary species, initial amounts.

The variables are amounts of substance: where a law speaks of a concentration, amount over size is put in, and totals
are sums of whole numbers. Local parameters and function definitions are put in, assignment rules of parameters, too.
A catalyst of mass action stands on both sides, and a net rate with known signs becomes two reactions. What changes in
other ways (events, rates as rules, delays, explicit time) is refused. SBML Level 3 Version 2 Core, chapter 4.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import sympy

from ...algebra.networks.kinetics import mass_action_constant, parted
from ...algebra.text import parse, symbols_of, to_text
from .reaction import Reaction, Side
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
        moving = [s for s in self._species.values() if not _is_fixed(s)]
        reactions = [one for item in self.model.getListOfReactions() for one in self._reactions(item)]
        held = {name for one in reactions for name, _ in (*one.reactants, *one.products)}
        used = [s for s in moving if s.getId() in held]
        amounts = {s.getId(): amount for s in used if (amount := self._amount(s)) is not None}
        title = self.model.getName() or self.model.getId() or self.name
        return tuple(s.getId() for s in used), tuple(reactions), title, amounts

    @cached_property
    def _species(self) -> dict[str, Any]:
        return {one.getId(): one for one in self.model.getListOfSpecies()}

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """Every name that a formula may hold."""
        lists = (self.model.getListOfSpecies(), self.model.getListOfParameters(), self.model.getListOfCompartments())
        return tuple(_safe(one.getId()) for each in lists for one in each)

    def _refuse(self) -> None:
        """Raises ValueError for what changes in other ways than by reactions."""
        events = self.model.getNumEvents()
        if events:
            raise ValueError(f"it has {events} event{'s' * (events > 1)}, which reactions have not; take them out")
        for rule in self.model.getListOfRules():
            known = rule.isAssignment() and self.model.getParameter(rule.getVariable()) is not None
            if not known:
                what = rule.getVariable() or "an equation"
                raise ValueError(f"its rule for {what} is none for a parameter; only assignments to these are read")
        for one in self.model.getListOfCompartments():
            if not one.getConstant():
                raise ValueError(f"compartment {one.getId()} changes its size; only constant ones are read")
        for one in self._species.values():
            if one.isSetConversionFactor() or self.model.isSetConversionFactor():
                raise ValueError(f"species {one.getId()} has a conversion factor; give all amounts in one unit")
        if not self.model.getNumReactions():
            raise ValueError("it has no reaction; give a model with reactions")

    def _both(self, item: Any) -> tuple[Side, Side]:
        """Reactants and products that are no boundary species. Raises ValueError for counts that are no numbers."""
        return self._side(item, item.getListOfReactants()), self._side(item, item.getListOfProducts())

    def _side(self, item: Any, references: Any) -> Side:
        found = []
        for one in references:
            count = one.getStoichiometry() if one.isSetStoichiometry() else 1.0
            varies = one.isSetStoichiometryMath() or (one.isSetConstant() and not one.getConstant() and one.isSetId())
            if varies or count != int(count) or count < 0:
                trouble = f"reaction {item.getId()} has no whole number of {one.getSpecies()}"
                raise ValueError(f"{trouble}; multiply it")
            if count and not _is_fixed(self._species[one.getSpecies()]):
                found.append((one.getSpecies(), int(count)))
        return tuple(found)

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
            symbols = symbols_of([*(name for name, _ in reactants), f"k_{item.getId()}"])
            factors = [symbols[name] ** n for name, n in reactants]
            return sympy.Mul(symbols[f"k_{item.getId()}"], *factors)
        rate = self._formula(law.getMath(), f"the rate of {item.getId()}")
        return sympy.together(rate.subs(self._meanings, simultaneous=True))

    def _formula(self, math: Any, what: str) -> Any:
        """A formula over real symbols, with the rules of parameters put in. Raises ValueError."""
        self._refuse_formula(math, what)
        text = self.library.formulaToL3String(math)
        try:
            expression = self._parsed(text)
        except ValueError as error:
            raise ValueError(f"{what}: {error}") from None
        for _ in range(self.model.getNumRules()):
            expression = expression.subs(self._rules(what), simultaneous=True)
        return expression

    def _rules(self, what: str) -> dict[Any, Any]:
        symbols, found = symbols_of(self._names), {}
        for rule in self.model.getListOfRules():
            self._refuse_formula(rule.getMath(), what)
            text = self.library.formulaToL3String(rule.getMath())
            found[symbols[_safe(rule.getVariable())]] = self._parsed(text)
        return found

    def _parsed(self, text: str) -> Any:
        """What libsbml writes, words of Python's among the names put in others."""
        for word in keyword.kwlist:
            text = re.sub(rf"\b{word}\b", _safe(word), text)
        return parse(text.replace("^", "**"), self._names)

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
        symbols = symbols_of(self._names)
        found: dict[Any, Any] = {}
        for one in self.model.getListOfCompartments():
            if one.isSetSize() and one.getSize() == 1:
                found[symbols[_safe(one.getId())]] = sympy.Integer(1)
        for one in self._species.values():
            compartment = self.model.getCompartment(one.getCompartment())
            sized = (
                compartment is not None and compartment.getSpatialDimensions() and not one.getHasOnlySubstanceUnits()
            )
            if sized and not _is_fixed(one):
                size = symbols[_safe(one.getCompartment())]
                found[symbols[_safe(one.getId())]] = symbols[_safe(one.getId())] / found.get(size, size)
        exponents = {s for law in self._laws for power in law.atoms(sympy.Pow) for s in power.exp.free_symbols}
        for one in self.model.getListOfParameters():
            symbol = symbols[_safe(one.getId())]
            if one.isSetValue() and (one.getValue() <= 0 or symbol in exponents):
                found[symbol] = sympy.nsimplify(sympy.Float(repr(one.getValue())), rational=True)
        return found

    @cached_property
    def _laws(self) -> list[Any]:
        laws = [(item, item.getKineticLaw()) for item in self.model.getListOfReactions()]
        return [self._formula(law.getMath(), f"the rate of {item.getId()}")
                for item, law in laws if law is not None and law.getMath() is not None]  # fmt: skip

    def _with_catalysts(self, left: Side, right: Side, rate: Any) -> Reaction:
        """With catalysts on both sides, where that makes it mass action."""
        symbols = symbols_of([one.getId() for one in self._species.values() if not _is_fixed(one)])
        powers = rate.as_powers_dict()
        extra = {}
        for name, symbol in symbols.items():
            more = powers.get(symbol, 0) - dict(left).get(name, 0)
            if more != 0:
                extra[name] = more
        if extra and all(n.is_Integer and n > 0 for n in map(sympy.sympify, extra.values())):
            added = tuple((name, int(n)) for name, n in extra.items())
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


def _is_fixed(species: Any) -> bool:
    """Whether reactions leave it as it is."""
    return bool(species.getBoundaryCondition() or species.getConstant())


def _safe(name: str) -> str:
    """A name that can stand in an expression."""
    return identifiers_of((name,))[0]
