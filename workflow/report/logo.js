// Sequence logos as SVG, letter heights in bits, with the matching known motif aligned below.

const COLUMN = 10, BIT = 22, LEFT = 22, GAP = 16; // in units of the drawing
const LETTERS = "ACGT";
const FEWEST = 20; // least width of a drawing in columns, so that short motifs have the same scale as long ones

// Columns of four letter heights in bits, optionally reverse-complemented.
function columnsOf(heights, reverse = false) {
  const flat = reverse ? heights.toReversed() : heights;
  return Array.from({ length: flat.length / 4 }, (_, i) => flat.slice(4 * i, 4 * i + 4).map((height) => height / 1000));
}

// The height of each column in bits; it can exceed 2 if the background is not uniform.
function stacks(columns) {
  return columns.map((column) => column.reduce((sum, bits) => sum + bits, 0));
}

// One logo: letters from column `start` on, with the baseline at y = `base` and an axis from 0 to 2 bits.
function track(columns, start, base, name) {
  const group = svg("g", { class: name, "data-start": start });
  for (const bits of [0, 1, 2]) {
    const y = base - bits * BIT;
    group.append(svg("line", { x1: LEFT - 3, x2: LEFT, y1: y, y2: y, stroke: "#8b95a0" }), svg("text", { x: LEFT - 5, y: y + 3, "text-anchor": "end" }, String(bits)));
  }
  group.append(svg("line", { x1: LEFT, x2: LEFT, y1: base, y2: base - 2 * BIT, stroke: "#8b95a0" }));
  group.append(svg("line", { x1: LEFT, x2: LEFT + (start + columns.length) * COLUMN, y1: base, y2: base, stroke: "#d8dde3" }));
  columns.forEach((column, i) => {
    let top = base;
    const stacked = column.map((bits, letter) => ({ bits, letter })).sort((one, other) => one.bits - other.bits);
    for (const { bits, letter } of stacked.filter((one) => one.bits > 0.005)) {
      top -= bits * BIT;
      group.append(svg("use", { href: `#letter-${LETTERS[letter]}`, x: LEFT + (start + i) * COLUMN + 0.3, y: top, width: COLUMN - 0.6, height: bits * BIT }));
    }
  });
  return group;
}

// A filter's logo and, below it, the known motif that it matches, shifted and reverse-complemented as in the match.
function logo(filter, size = "") {
  const own = columnsOf(filter.heights);
  const match = filter.known && known[filter.known] ? columnsOf(known[filter.known], filter.orientation === "-") : null;
  const first = match ? Math.min(0, filter.offset) : 0;
  const end = Math.max(own.length, match ? filter.offset + match.length : 0);
  const top = Math.ceil(BIT * Math.max(2, ...stacks(own), ...(match ? stacks(match) : [])));
  const height = top + 10;
  const label = `Logo of ${filter.title ?? `filter ${filter.filter}`}, consensus ${filter.consensus}${match ? `; below it the known motif ${filter.name}, ${filter.known}` : ""}`;
  const drawn = svg("svg", {
    class: `logo ${size}`, role: "img", "aria-label": label, "data-bit": BIT, "data-column": COLUMN,
    viewBox: `0 0 ${LEFT + Math.max(end - first, FEWEST) * COLUMN + 2} ${height + (match ? top + GAP : 0)}`,
  });
  drawn.append(track(own, -first, top + 5, "own"));
  if (match) drawn.append(track(match, filter.offset - first, height + GAP + top - 3, "match"));
  return drawn;
}
