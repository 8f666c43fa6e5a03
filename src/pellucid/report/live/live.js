"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const hasPages = {{ has_pages }};
  let found = [], chosen = -1;
  const make = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };
  const shown = (word) => word.replace(/\n/g, "↵").replace(/\t/g, "⇥") || "∅";
  async function ask(what, question) {
    const reply = await fetch(what, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(question) });
    const answer = await reply.json();
    if (!reply.ok) throw new Error(answer.error);
    return answer;
  }
  const said = (id, text) => { at(id).textContent = text; };

  function draw() {
    const feature = chosen >= 0 && found[chosen].features.length ? found[chosen].features[0].id : -1;
    const picked = Number(at("step").value.split("=")[0]) || feature;
    const strengths = found.map((token) => token.features.find((one) => one.id === picked)?.value ?? 0);
    const top = Math.max(...strengths, 1e-9);
    at("tokens").replaceChildren(...found.map((token, i) => {
      const button = make("button", { type: "button", "aria-pressed": String(i === chosen) }, shown(token.word));
      if (strengths[i] > 0) button.style.background = `color-mix(in srgb, var(--heat) ${Math.round(15 + 70 * strengths[i] / top)}%, transparent)`;
      button.addEventListener("click", () => { chosen = i; at("step").value = ""; draw(); });
      return button;
    }));
    const token = found[chosen];
    at("where").textContent = token ? `Features at “${shown(token.word).trim()}”` : "Features at a token";
    at("features").replaceChildren(...(token ? token.features : []).map((one) => {
      const name = hasPages ? make("a", { href: `features.html#${one.id}`, target: "_blank" }, String(one.id)) : String(one.id);
      const use = make("button", { type: "button" }, "steer with it");
      use.addEventListener("click", () => {
        at("step").value = `${one.id}=+${Number((one.share ? one.value / one.share : 2 * one.value).toPrecision(2))}`;
        draw();
        at("step").focus();
      });
      return make("tr", {}, make("td", {}, name), make("td", {}, one.name), make("td", {}, one.value.toPrecision(3)),
        make("td", {}, one.share === null ? "" : `${Math.round(100 * one.share)} %`), make("td", {}, use));
    }));
  }
  async function fire() {
    said("said", "…");
    try {
      found = await ask("fire", { text: at("text").value });
      chosen = found.length - 1;
      said("said", `${found.length} tokens; choose one`);
      draw();
    } catch (error) { found = []; chosen = -1; draw(); said("said", error.message); }
  }
  async function steer() {
    said("steering", "writing …");
    try {
      const steps = at("step").value.split(",").map((one) => one.trim()).filter(Boolean);
      const answer = await ask("steer", { prompt: at("text").value, steps, tokens: Number(at("length").value) });
      const row = (name, text, figure) => make("tr", {}, make("td", {}, name), make("td", {}, text), make("td", {}, figure === null || figure === undefined ? "–" : figure.toFixed(1)));
      at("written").replaceChildren(row("by itself", answer.plain, answer.plain_perplexity),
        row(steps.join(", "), answer.steered, answer.steered_perplexity), row("a random direction", answer.drawn, null));
      said("steering", `moves predictions by ${answer.kl.toFixed(2)} nats a token (random directions: ${answer.drawn_kl.toFixed(2)})`);
    } catch (error) { said("steering", error.message); }
  }
  at("ask").addEventListener("click", fire);
  at("go").addEventListener("click", steer);
  at("text").addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) fire(); });
  fire();
})();
