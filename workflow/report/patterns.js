// Patterns of TF-MoDISco: for each, the contributions of its letters, its logo and the known motif below it.

// Letters as high as they contribute, above and beneath a line; the drawing has the width of the logo below it.
function contributionLogo(pattern) {
  const width = pattern.contributions.length / 4, first = pattern.known && known[pattern.known] ? Math.min(0, pattern.offset) : 0;
  const columns = Array.from({ length: width }, (_, i) => pattern.contributions.slice(4 * i, 4 * i + 4).map((value) => value * pattern.step));
  const sums = (sign) => columns.map((column) => column.reduce((sum, value) => sum + Math.max(0, sign * value), 0));
  const low = -Math.max(...sums(-1)), high = Math.max(...sums(1)), rise = 2 * BIT, scale = rise / (high - low || 1), base = 5 + high * scale;
  const end = Math.max(width, pattern.known && known[pattern.known] ? pattern.offset + known[pattern.known].length / 4 : 0);
  const drawn = svg("svg", {
    class: "logo contributed", role: "img", "aria-label": `Mean contributions of the bases of pattern ${pattern.pattern}`,
    viewBox: `0 0 ${LEFT + Math.max(end - first, FEWEST) * COLUMN + 2} ${rise + 10}`,
  });
  const left = LEFT - first * COLUMN;
  drawn.append(svg("line", { x1: left, x2: left + width * COLUMN, y1: base, y2: base, stroke: "#8b95a0" }));
  for (const value of [low, high].filter((value) => Math.abs(value) > (high - low) / 10)) {
    const y = base - value * scale;
    drawn.append(svg("line", { x1: LEFT - 3, x2: LEFT, y1: y, y2: y, stroke: "#8b95a0" }), svg("text", { x: LEFT - 4, y: y + 3, "text-anchor": "end" }, value.toFixed(Math.abs(value) < 1 ? 2 : 1).replace("0.", ".").replace("-", "−")));
  }
  columns.forEach((column, i) => {
    for (const sign of [1, -1]) {
      let edge = base;
      const stacked = column.map((value, letter) => ({ size: sign * value * scale, letter })).filter((one) => one.size > 0.2);
      for (const { size, letter } of stacked.sort((one, other) => one.size - other.size)) {
        if (sign > 0) edge -= size;
        drawn.append(svg("use", { href: `#letter-${LETTERS[letter]}`, x: left + i * COLUMN + 0.3, y: edge, width: COLUMN - 0.6, height: size }));
        if (sign < 0) edge += size;
      }
    }
  });
  return drawn;
}

function patternCard(pattern) {
  const figures = [pattern.sign, `${count(pattern.seqlets)} seqlets`, `${count(pattern.windows)} windows`, `${pattern.information.toFixed(1)} bits`];
  return make("div", { class: "card" },
    make("span", { class: "facts" }, make("b", {}, `pattern ${pattern.pattern}`), ...figures.map((text) => make("span", {}, text))),
    make("span", { class: "consensus" }, pattern.consensus),
    contributionLogo(pattern),
    logo({ ...pattern, title: `pattern ${pattern.pattern}` }),
    pattern.known ? make("span", { class: "known" }, make("b", {}, pattern.name), ` ${pattern.known}, E = ${short(pattern.evalue)}`)
      : make("span", { class: "known hint" }, "no known match"));
}

function setUpPatterns() {
  const entries = read("patterns"), choice = byId("pattern-entry");
  function draw() {
    const { patterns, number } = entries[choice.value];
    byId("pattern-cards").replaceChildren(...patterns.map(patternCard));
    byId("pattern-facts").textContent = number ? `${patterns.length} of ${number} shown` : "no pattern was found";
  }
  choice.append(...entries.map((one, i) => make("option", { value: i }, `${one.model}, ${one.searched}`)));
  choice.addEventListener("input", draw);
  byId("patterns-found").hidden = false;
  draw();
}

setUpPatterns();
