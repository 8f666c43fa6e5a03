"""The few elements that a page is made of; text is escaped, markup is not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

__all__ = ["bullets", "details", "facts", "highlighted", "note", "section", "source", "table", "typeset"]


def section(heading: str, *parts: str) -> Markup:
    """A part of the page under its heading; empty parts leave no trace.

    >>> print(section("Cost", bullets(["a < b"]), ""))
    <section>
    <h2>Cost</h2>
    <ul class="counts">
    <li>A &lt; b</li>
    </ul>
    </section>
    """
    return _lines(Markup("<section>\n<h2>{}</h2>").format(heading), *parts, Markup("</section>"))


def source(text: str, *, wrapped: bool = False) -> Markup:
    """Lines as they are, in one width of letters; long ones scroll, or are `wrapped`.

    >>> print(source("if a < b:"))
    <pre class="source" tabindex="0"><code>if a &lt; b:</code></pre>
    """
    kind = "source wrapped" if wrapped else "source"
    return Markup('<pre class="{}" tabindex="0"><code>{}</code></pre>').format(kind, text)


def highlighted(python: str) -> Markup:
    """Python source with its words marked for the page's colours.

    >>> print(highlighted("yield 1"))
    <span class="k">yield</span> <span class="mi">1</span>
    <BLANKLINE>
    """
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return Markup(highlight(python, PythonLexer(), HtmlFormatter(nowrap=True)))


def typeset(mathml: Iterable[str | tuple[str, str]], *, several: bool = False) -> Markup:
    """Formulas as MathML, one a line, each with words beside it where it is a pair; empty without any.

    >>> print(typeset([("<math></math>", "a shift")], several=True))
    <div class="formula laws" tabindex="0">
    <math></math><span class="domain">a shift</span>
    </div>
    """
    pairs = [(entry, "") if isinstance(entry, str) else entry for entry in mathml]
    if not pairs:
        return Markup("")
    lines = [Markup(formula) + (_aside(words) if words else "") for formula, words in pairs]
    if not several:
        return Markup('<div class="formula" tabindex="0">{}</div>').format(_lines(*lines))
    return _lines(Markup('<div class="formula laws" tabindex="0">'), *lines, Markup("</div>"))


def bullets(lines: Iterable[str]) -> Markup:
    """Sentences below each other, each with a capital letter.

    >>> print(bullets(["one thing", "another"]))
    <ul class="counts">
    <li>One thing</li>
    <li>Another</li>
    </ul>
    """
    entries = [Markup("<li>{}</li>").format(_capital(line)) for line in lines]
    return _lines(Markup('<ul class="counts">'), *entries, Markup("</ul>"))


def facts(rows: Iterable[tuple[str, str]]) -> Markup:
    """Names, each with its value; empty without any.

    >>> print(facts([("seed", "7")]))
    <dl class="facts">
    <div><dt>seed</dt><dd>7</dd></div>
    </dl>
    >>> facts([])
    Markup('')
    """
    entries = [Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(name, value) for name, value in rows]
    return _lines(Markup('<dl class="facts">'), *entries, Markup("</dl>")) if entries else Markup("")


def note(sentences: Sequence[str]) -> Markup:
    """A paragraph of sentences that have neither capital letter nor full stop yet; empty without any.

    >>> print(note(["left out 'g'"]))
    <p class="note">Left out &#39;g&#39;. </p>
    """
    if not sentences:
        return Markup("")
    return Markup('<p class="note">{}</p>').format("".join(f"{_capital(text)}. " for text in sentences))


def details(heading: str, part: str) -> Markup:
    """What is shown once its heading is clicked.

    >>> print(details("More", "text"))
    <details>
    <summary>More</summary>
    text
    </details>
    """
    return _lines(Markup("<details>\n<summary>{}</summary>").format(heading), part, Markup("</details>"))


def table(kind: str, headings: Sequence[str], rows: Sequence[Sequence[str]], chosen: int | None = None) -> Markup:
    """A table of the class `kind`; the row `chosen` is set off.

    >>> print(table("front", ["No."], [["1"]], chosen=0))
    <table class="front">
    <thead><tr><th scope="col">No.</th></tr></thead>
    <tbody>
    <tr class="chosen"><td>1</td></tr>
    </tbody>
    </table>
    """
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(word) for word in headings)
    lines = [Markup('<table class="{}">\n<thead><tr>{}</tr></thead>\n<tbody>').format(kind, head)]
    for number, row in enumerate(rows):
        start = Markup('<tr class="chosen">' if number == chosen else "<tr>")
        cells = Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row)
        lines.append(Markup("{}{}</tr>").format(start, cells))
    return _lines(*lines, Markup("</tbody>\n</table>"))


def _aside(words: str) -> Markup:
    return Markup('<span class="domain">{}</span>').format(words)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lines(*parts: str) -> Markup:
    return Markup("\n").join(part for part in parts if part)
