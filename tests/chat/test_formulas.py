"""Formulas in answers are MathML, with their source; what is none stays as it is."""

from __future__ import annotations

import time

import pytest

from chat.pages.formulas import MAX_FORMULA, MAX_FORMULAS
from chat.pages.markdown import render

MATRIX = r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}"
FORMULAS = {
    "$x$": "x", "a $x^2$, b": "x^2", r"\(\alpha\)": r"\alpha", r"\[ x \]": "x", "$$x$$": "x",
    "$$\nx\n+ b\n$$": "x\n+ b", "text:\n\\[\nx\n= y\n\\]\nmore": "x\n= y", "```math\nx\n```": "x",
    "- a\n  $$\n  x\n  $$": "x", "> \\[ x \\]": "x", "$5x+1$": "5x+1", "$10^{-3}$": "10^{-3}",
    r"$3 \text{ if } x > 0$": r"3 \text{ if } x &gt; 0", "| a |\n|---|\n| $x$ |": "x",
    "**$x$**": "x", r"$\{x\}$": r"\{x\}", r"$a_1 + b_1$": "a_1 + b_1",
    f"$${MATRIX}$$": MATRIX.replace("&", "&amp;"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "source"), FORMULAS.items())
def test_a_formula_is_mathml_with_its_source(text: str, source: str) -> None:
    html = render(text)
    assert html.count("<math") == 1
    assert f'<annotation encoding="application/x-tex">{source}</annotation>' in html


@pytest.mark.parametrize(
    "text",
    ["It costs $5 and $10.", "$5-$10", "US$5, or 5$", "$5 (or 5$)", "$5 or 6$", "$HOME/$USER",
     "a $ b $ c", "`$x$`", "$x", "$$", "$$$$", "$ x$", "from $1,000 to $2,000"],
)  # fmt: skip
def test_money_and_lonely_dollars_stay_text(text: str) -> None:
    html = render(text)
    assert "<math" not in html
    assert text.replace("`", "") in html


@pytest.mark.parametrize(
    "text",
    [r"$\foo{x}$", r"\(\frac{a}\)", r"$$x_{$$", r"\[ \foo \]", "$" + "x" * (MAX_FORMULA + 1) + "$"],
)
def test_a_bad_formula_stays_as_its_source(text: str) -> None:
    html = render(text)
    assert "<math" not in html
    assert text in html


def test_a_bad_block_stays_as_its_source() -> None:
    text = "$$\n\\foo\n+ b\n$$"
    assert f'<p class="plain">{text}</p>' in render(text)


def test_a_display_formula_is_a_block() -> None:
    assert '<math display="block">' in render("a $$x$$ b")
    assert '<math display="inline">' in render("a $x$ b")


@pytest.mark.parametrize(
    "unit",
    ["$x$ ", "$" + "{" * 900 + "x" + "}" * 900 + "$ ", r"\(", r"\[ ", "$$ ", "$a ", "$$\n",
     "$" + "x_1" * 600 + "$\n\n", r"$\begin{matrix}" + "&" * 1_000 + r"\end{matrix}$ ",
     "$$\na\n"],
)  # fmt: skip
def test_rendering_is_fast_for_any_formulas(unit: str) -> None:
    began = time.process_time()
    render((unit * 50_000)[:49_000])
    assert time.process_time() - began < 3


def test_after_too_many_they_stay_as_their_source() -> None:
    html = render(("$x+y$ " * 10 + "\n\n") * (MAX_FORMULAS // 20))
    assert html.count("<math") == MAX_FORMULAS // 3
    assert "$x+y$" in html
