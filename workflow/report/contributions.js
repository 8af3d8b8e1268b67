// Contributions of bases: one explained window in rows of letters.

const LINE = 100, RISE = 46; // letters in a row, and height of the largest range in units of the drawing
const STRIP = 11, ASIDE = 45, WIDE = 4.5; // of marked places: height with a gap, width of the labels, width of a letter
const shortened = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}\u2026` : text);

// Bars of one kind of marked places beneath a row, with their names where they are wide enough, as draw_attribution.py does.
function markStrip(label, places, first, begin, end, y) {
  const strip = svg("g", { class: "marks" }, svg("text", { x: LEFT - 5, y: y + 7, "text-anchor": "end" }, shortened(label, 14)));
  const names = [], at = (column) => LEFT + (column - begin) * COLUMN;
  let free = 0;
  for (const [start, stop, name] of places) {
    const left = at(Math.max(start, begin)), right = at(Math.min(stop, end));
    if (left >= right) continue;
    const text = `${label}${name && ` ${name}`}: ${count(first + start)} to ${count(first + stop - 1)}`;
    strip.append(svg("rect", { x: left, y, width: right - left, height: STRIP - 2 }, svg("title", {}, text)));
    const space = left + 2 + name.length * WIDE;
    if (name && space <= at(end) && left >= free) {
      names.push(svg("text", { x: left + 2, y: y + 7 }, name));
      free = space + COLUMN;
    }
  }
  strip.append(...names); // above all bars
  return strip;
}

// One row: the letters from `begin` on; heights are in logits, and `low` and `high` are the range of the whole window.
function contributionRow(shown, begin, low, high, kinds) {
  const end = Math.min(begin + LINE, shown.letters.length), scale = RISE / (high - low || 1), base = 6 + high * scale;
  const marks = shown.marks.length && shown.marks.length * STRIP + 3, aside = marks ? ASIDE : 0;
  const drawn = svg("svg", {
    class: "logo", role: "img", "aria-label": `Contributions of bases ${shown.first + begin} to ${shown.first + end - 1} of ${shown.place}`,
    viewBox: `${-aside} 0 ${aside + LEFT + LINE * COLUMN + 8} ${RISE + 24 + marks}`,
  });
  shown.marks.forEach((places, i) => drawn.append(markStrip(kinds[i], places, shown.first, begin, end, RISE + 13 + i * STRIP)));
  drawn.append(svg("line", { x1: LEFT, x2: LEFT + (end - begin) * COLUMN, y1: base, y2: base, stroke: "#8b95a0" }));
  for (const value of new Set([low, high])) {
    const y = base - value * scale, text = value.toFixed(high - low < 0.5 ? 2 : 1);
    if (Number(text)) drawn.append(svg("line", { x1: LEFT - 3, x2: LEFT, y1: y, y2: y, stroke: "#8b95a0" }), svg("text", { x: LEFT - 5, y: y + 3, "text-anchor": "end" }, text.replace("-", "−")));
  }
  for (let i = begin; i < end; i++) {
    const value = shown.heights[i] * shown.step, height = Math.abs(value) * scale, x = LEFT + (i - begin) * COLUMN;
    const letter = shown.letters[i];
    if (height > 0.2 && letter !== " ") drawn.append(svg("use", { href: `#letter-${letter}`, x: x + 0.3, y: value > 0 ? base - height : base, width: COLUMN - 0.6, height }));
    if ((shown.first + i) % 20 === 0) drawn.append(svg("text", { x: x + COLUMN / 2, y: RISE + 20 + marks, "text-anchor": "middle" }, count(shown.first + i)));
  }
  return drawn;
}

async function setUpContributions() {
  const { entries, targets: titles, marks } = await unpack("contributions");
  const choice = { target: byId("explained-target"), entry: byId("explained-entry"), window: byId("explained-window") };
  const option = (text, value) => make("option", { value }, text);

  function draw() {
    const shown = entries[choice.entry.value].windows[choice.target.value][choice.window.value];
    byId("explained-facts").textContent = shown ? `predicted ${figure(shown.prediction)}` : "not explained";
    if (!shown) return byId("explained-rows").replaceChildren();
    const heights = shown.heights.map((height) => height * shown.step);
    const low = Math.min(0, ...heights), high = Math.max(0, ...heights);
    const begins = Array.from({ length: Math.ceil(heights.length / LINE) }, (_, i) => i * LINE);
    byId("explained-rows").replaceChildren(...begins.map((begin) => contributionRow(shown, begin, low, high, marks)));
  }

  // Methods explain the same windows of a target; models may explain others.
  function listWindows() {
    const before = choice.window.value, windows = entries[choice.entry.value].windows[choice.target.value];
    choice.window.replaceChildren(...windows.map((one, i) => option(`${i + 1}  ${one.place}:${count(one.first)}`, i)));
    choice.window.value = before in windows ? before : windows.length ? 0 : "";
    draw();
  }

  choice.target.append(...titles.map(option));
  choice.entry.append(...entries.map((one, i) => option(`${one.model}, ${one.method.replaceAll("_", " ")}`, i)));
  choice.target.addEventListener("input", listWindows);
  choice.entry.addEventListener("input", listWindows);
  choice.window.addEventListener("input", draw);
  byId("explained").hidden = false;
  listWindows();
}

setUpContributions();
