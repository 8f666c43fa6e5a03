"use strict";
(async () => {
  const at = (id) => document.getElementById(id);
  const packed = Uint8Array.from(atob(at("data").textContent.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const D = await new Response(stream).json();
  const N = D.id.length, PAGE = 150;
  const placeOf = new Map(D.id.map((id, i) => [id, i]));
  const digit = (c) => parseInt(c, 36) / 35;
  const percent = (p) => (p >= 0.1 ? (100 * p).toFixed(0) : Number((100 * p).toPrecision(2))) + " %";
  const code = (c) => "\\u" + c.codePointAt(0).toString(16).padStart(4, "0");
  const shown = (word) => word.replace(/\n/g, "↵").replace(/\t/g, "⇥").replace(/\p{C}|(?! )\p{Z}/gu, code) || "∅";
  const quoted = (word) => shown(word).replace(/^ /, "·").replace(/ {2,}/g, " ");

  const make = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };

  // ---- what there is to search: words in lower case, made when they are first needed
  const wordAt = (i, e) => D.words[D.texts[D.rows[i][e]][D.positions[i][e]]];
  const peaks = (i) => {
    const seen = [];
    for (let e = 0; e < D.rows[i].length - D.spread && D.rows[i][e] >= 0; e++) {
      const word = wordAt(i, e), same = (other) => quoted(other).trim().toLowerCase() === quoted(word).trim().toLowerCase();
      if (!seen.some(same)) seen.push(word);
    }
    return seen;
  };
  const index = { fires: [], near: [], writes: [], label: [] };
  const build = {
    fires: (i) => D.rows[i].map((row, e) => (row >= 0 ? wordAt(i, e) : "")).join("\u0001"),
    near: (i) => D.rows[i].map((row, e) => (row < 0 ? "" : span(i, e).map(([word]) => word).join(""))).join("\u0001"),
    label: (i) => (D.author && D.labels[D.id[i]]?.[0]) || "",
    writes: (i) => D.up[i].filter((w) => w >= 0).map((w) => D.words[w]).join("\u0001"),
  };
  const textOf = (kind, i) => (index[kind][i] ??= build[kind](i).toLowerCase());
  function span(i, e) {
    const text = D.texts[D.rows[i][e]], first = D.positions[i][e] - D.before, found = [];
    for (let j = 0; j < D.acts[i][e].length; j++)
      if (first + j >= 0 && first + j < text.length) found.push([D.words[text[first + j]], digit(D.acts[i][e][j]), j === D.before]);
    return found;
  }

  // ---- the list; by effect, those come first that the model truly misses most, then those of which there is an estimate
  const keys = {
    effect: (i) => D.rank[i],
    often: (i) => -D.density[i], rare: (i) => D.density[i],
    max: (i) => -D.max[i], number: (i) => D.id[i], told: (i) => -(D.f1[i] ?? -1),
  };
  let order = [], limit = PAGE, current = -1;
  function filter() {
    const asked = at("search").value.toLowerCase(), where = at("where").value, key = keys[at("sort").value];
    const kinds = where === "any" ? ["fires", "near", "writes", "label"] : [where];
    const number = /^#?\d+$/.test(asked.trim()) ? placeOf.get(Number(asked.trim().replace("#", ""))) : undefined;
    const all = Array.from({ length: N }, (_, i) => i);
    const hits = asked.trim() ? all.filter((i) => i === number || kinds.some((kind) => textOf(kind, i).includes(asked))) : all;
    const sorting = new Float64Array(N);
    for (const i of hits) sorting[i] = key(i);
    order = hits.sort((a, b) => (b === number) - (a === number) || sorting[a] - sorting[b] || a - b);
    limit = PAGE;
    draw();
    at("count").textContent = hits.length === N ? `${N.toLocaleString("en")} features` :
      `${hits.length.toLocaleString("en")} of ${N.toLocaleString("en")} features`;
  }
  function draw() {
    at("list").replaceChildren(...order.slice(0, limit).map((i) => {
      const words = textOf("label", i) ? D.labels[D.id[i]][0] : peaks(i).slice(0, 4).map(quoted).join("  ");
      const button = make("button", { type: "button", "data-i": i },
        make("span", { class: "number" }, D.id[i]), make("span", { class: "words word" }, words), make("small", {}, percent(D.density[i])));
      if (i === current) button.setAttribute("aria-current", "true");
      return make("li", {}, button);
    }));
    at("more").hidden = order.length <= limit;
  }

  // ---- one feature
  const table = (kind, words, values, errors) => make("table", { class: `effects ${kind}` }, make("tbody", {},
    ...words.flatMap((w, j) => (w < 0 ? [] : [make("tr", {}, make("td", { class: "word" }, quoted(D.words[w])),
      make("td", {}, (values[j] > 0 ? "+" : "−") + Math.abs(values[j]).toPrecision(2) +
      (errors && errors[j] !== null ? ` ± ${errors[j].toPrecision(2)}` : "")))]))));
  function example(i, e) {
    const line = make("div", { class: "tokens" }, make("small", {}, (digit(D.acts[i][e][D.before]) * D.max[i]).toPrecision(3)));
    for (const [word, strength, peak] of span(i, e)) {
      const node = make("span", peak ? { class: "peak" } : {}, shown(word));
      if (strength > 0) {
        node.style.background = `color-mix(in srgb, var(--heat) ${Math.round(15 + 70 * strength)}%, transparent)`;
        node.title = (strength * D.max[i]).toPrecision(3);
      }
      line.append(node);
    }
    return line;
  }
  function histogram(i) {
    const counts = D.histogram[i], top = Math.log1p(Math.max(...counts)), n = counts.length;
    const space = "http://www.w3.org/2000/svg", svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", `0 0 ${n * 10} 60`);
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("class", "histogram");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", `activations from 0 to ${D.max[i]}: ${counts.join(", ")}`);
    counts.forEach((count, j) => {
      const bar = document.createElementNS(space, "rect"), height = top ? (58 * Math.log1p(count)) / top : 0;
      for (const [name, value] of [["x", j * 10 + 0.5], ["y", 60 - height], ["width", 9], ["height", height]]) bar.setAttribute(name, value);
      bar.append(Object.assign(document.createElementNS(space, "title"), { textContent: `${count} times` }));
      svg.append(bar);
    });
    return make("div", {}, svg, make("div", { class: "axis" }, make("span", {}, "0"), make("span", {}, "activation; height: logarithm of the count"),
      make("span", {}, String(D.max[i]))));
  }
  const signed = (x, spread = "") => (x < 0 ? "−" : "+") + Math.abs(x).toPrecision(2) + spread + " nats";
  function effects(i) {
    const estimate = D.estimate[i] === null ? "" : `a first-order estimate says ${signed(D.estimate[i])}`;
    if (D.exact[i] === null)
      return D.moved[i].some((w) => w >= 0) ? "The model has no loss of its own; what its logits lose is below." :
        estimate ? `What it costs was not run; ${estimate} each time it fires, which may be far off.` :
        "What it costs is not known: it did not fire where effects were measured.";
    const spread = D.error[i] === null ? "" : ` ± ${Math.abs(D.error[i]).toPrecision(2)}`;
    return `Taken away wherever it fires in ${D.sequences} sequences, it changes their loss by ${signed(D.exact[i], spread)} ` +
      `each time it fires${estimate ? ` (${estimate})` : ""}.`;
  }
  function tokens(i) {
    const first = D.table[i].filter((w) => w >= 0).map((w) => quoted(D.words[w]));
    if (!D.told[i] || D.f1[i] === null) return [];
    const spread = D.f1Error[i] === null ? "" : ` ± ${D.f1Error[i]}`;
    const figures = `On text that its table was not made from: precision ${D.precision[i].toFixed(2)}, ` +
      `recall ${D.recall[i].toFixed(2)}, F1 ${D.f1[i].toFixed(2)}${spread}.`;
    return [make("section", {}, make("h2", {}, "The tokens that tell it best"),
      make("p", { class: "word tokens-told" }, first.join("  ") || "no token tells it"),
      make("p", { class: "lead" }, figures))];
  }
  const score = (x) => (x === null ? "–" : x.toFixed(2));
  function label(i) {
    const found = D.labels[D.id[i]];
    if (!found) return [];
    const [text, detection, fuzzing, table, tableFuzzing, passages] = found;
    const own = D.author ? `label by ${D.author}: detection ${score(detection)}, fuzzing ${score(fuzzing)}; ` : "";
    return [make("p", { class: "label" }, ...(D.author ? [text] : [])),
      make("p", { class: "lead" }, `On ${passages} passages in which it fires and as many in which not, ${own}` +
        `token table: detection ${score(table)}, fuzzing ${score(tableFuzzing)} (guessing: 0.50).`)];
  }
  function show(i, quiet) {
    current = i;
    const strongest = [], spread = [];
    D.rows[i].forEach((row, e) => row >= 0 && (e < D.rows[i].length - D.spread ? strongest : spread).push(example(i, e)));
    const near = D.near[i].map((id, j) => {
      const other = placeOf.get(id), name = other === undefined ? "did not fire" : peaks(other).slice(0, 4).map(quoted).join("  ");
      const link = other === undefined ? String(id) : make("a", { href: `#${id}` }, String(id));
      return make("li", {}, link, ` ${(D.cos[i][j] ?? 0).toFixed(2)} `, make("span", { class: "word" }, name));
    });
    const kind = D.promotes === "classes" ? "Classes" : "Words";
    const among = kind === "Classes" ? "what a step along it at every token adds to the logits, through the head" : "among the words that the text holds more than once";
    const writes = [...D.up[i], ...D.down[i]].some((w) => w >= 0) ? [make("div", { class: "columns" },
      make("section", { title: among }, make("h2", {}, `${kind} it promotes`), table("promoted", D.up[i], D.upv[i])),
      make("section", {}, make("h2", {}, `${kind} it suppresses`), table("suppressed", D.down[i], D.downv[i])))] : [];
    if (D.moved[i].some((w) => w >= 0)) writes.push(make("section", {}, make("h2", {}, "How the logits change without it"),
      make("p", { class: "lead" }, "Truly run: the change each time it fires and is taken away, ± one standard error."),
      table("", D.moved[i], D.movedBy[i], D.movedError[i])));
    if (D.sites.length) writes.push(make("section", {}, make("h2", {}, "How much it writes where"), make("table", { class: "effects" },
      make("tbody", {}, ...D.sites.map((site, j) => make("tr", {}, make("td", { class: "word" }, site), make("td", {}, D.norms[i][j].toPrecision(3))))))));
    at("feature").replaceChildren(
      make("h2", {}, `Feature ${D.id[i]}`, ...(D.told[i] ? [" ", make("small", { class: "badge" }, D.told[i])] : [])),
      ...label(i),
      make("p", { class: "lead" }, `Fires at ${percent(D.density[i])} of the tokens, at most ${D.max[i]} strong. ${effects(i)}`),
      make("h2", {}, "Where it fires most"), ...strongest,
      ...(spread.length ? [make("h2", {}, "At other strengths"), ...spread] : []),
      ...tokens(i),
      ...writes,
      make("div", { class: "columns" },
        make("section", {}, make("h2", {}, "How strongly it fires"), histogram(i)),
        make("section", {}, make("h2", {}, "Nearest features (cosine)"), make("ul", { class: "near" }, ...near))));
    at("feature").scrollTop = 0;
    document.querySelectorAll("#list button").forEach((b) => b.toggleAttribute("aria-current", Number(b.dataset.i) === i));
    if (!quiet) history.replaceState(null, "", `#${D.id[i]}`);
  }

  const step = (by) => {
    const next = order[order.indexOf(current) + by];
    if (next === undefined) return;
    if (order.indexOf(next) >= limit) { limit += PAGE; draw(); }
    show(next);
    document.querySelector("#list button[aria-current]")?.scrollIntoView({ block: "nearest" });
  };
  const fromHash = () => placeOf.get(Number(location.hash.slice(1)));
  let waiting;
  at("search").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 120); });
  for (const id of ["where", "sort"]) at(id).addEventListener("change", filter);
  at("more").addEventListener("click", () => { limit += PAGE; draw(); });
  at("list").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) show(Number(button.dataset.i));
  });
  addEventListener("hashchange", () => { const i = fromHash(); if (i !== undefined) show(i, true); });
  addEventListener("keydown", (event) => {
    if (event.target.matches("input, select") && event.key !== "Escape") return;
    if (event.key === "/") { event.preventDefault(); at("search").focus(); }
    if (event.key === "Escape") event.target.blur();
    if (event.key === "j" || event.key === "ArrowDown") { event.preventDefault(); step(1); }
    if (event.key === "k" || event.key === "ArrowUp") { event.preventDefault(); step(-1); }
  });
  filter();
  const first = location.hash.length > 1 ? fromHash() : undefined;
  if (N) show(first ?? order[0], first === undefined);
  else at("feature").replaceChildren(make("p", { class: "note" }, "No feature fired."));
})().catch((error) => { document.getElementById("feature").textContent = `The features could not be read: ${error}`; });
