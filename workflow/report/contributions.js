// Contributions of bases: one explained window in rows of letters.

const LINE = 100, RISE = 46, STRIP = 14; // letters in a row; heights of the largest range and of the marks in units of the drawing

// One row: the letters from `begin` on; heights are in logits, and `low` and `high` are the range of the whole window.
function contributionRow(shown, begin, low, high) {
  const end = Math.min(begin + LINE, shown.letters.length), scale = RISE / (high - low || 1), base = 6 + high * scale;
  const strip = shown.marks.length ? STRIP : 0;
  const drawn = svg("svg", {
    class: "logo", role: "img", "aria-label": `Contributions of bases ${shown.first + begin} to ${shown.first + end - 1} of ${shown.place}`,
    viewBox: `0 0 ${LEFT + LINE * COLUMN + 2} ${RISE + 24 + strip}`,
  });
  drawn.append(svg("line", { x1: LEFT, x2: LEFT + (end - begin) * COLUMN, y1: base, y2: base, stroke: "#8b95a0" }));
  for (const value of new Set([low, high])) {
    const y = base - value * scale;
    if (value) drawn.append(svg("line", { x1: LEFT - 3, x2: LEFT, y1: y, y2: y, stroke: "#8b95a0" }), svg("text", { x: LEFT - 5, y: y + 3, "text-anchor": "end" }, value.toFixed(1)));
  }
  for (let i = begin; i < end; i++) {
    const value = shown.heights[i] * shown.step, height = Math.abs(value) * scale, x = LEFT + (i - begin) * COLUMN;
    const letter = shown.letters[i];
    if (height > 0.2 && letter !== " ") drawn.append(svg("use", { href: `#letter-${letter}`, x: x + 0.3, y: value > 0 ? base - height : base, width: COLUMN - 0.6, height }));
    if ((shown.first + i) % 20 === 0) drawn.append(svg("text", { x: x + COLUMN / 2, y: RISE + 20 + strip, "text-anchor": "middle" }, count(shown.first + i)));
  }
  for (const [first, last, name, strand] of shown.marks.filter((mark) => mark[0] < end && mark[1] > begin)) {
    const left = Math.max(first, begin) - begin, right = Math.min(last, end) - begin;
    drawn.append(svg("rect", { x: LEFT + left * COLUMN, y: RISE + 9, width: (right - left) * COLUMN, height: 2.5, fill: "#5b6b7c" }));
    if (first >= begin) drawn.append(svg("text", { x: LEFT + left * COLUMN, y: RISE + 20 }, strand === "-" ? `← ${name}` : `${name} →`));
  }
  return drawn;
}

async function setUpContributions() {
  const { entries, targets: titles } = await unpack("contributions");
  const choice = { target: byId("explained-target"), entry: byId("explained-entry"), window: byId("explained-window") };
  const option = (text, value) => make("option", { value }, text);

  function draw() {
    const shown = entries[choice.entry.value].windows[choice.target.value][choice.window.value];
    byId("explained-facts").textContent = shown ? `predicted ${figure(shown.prediction)}` : "not explained";
    if (!shown) return byId("explained-rows").replaceChildren();
    const heights = shown.heights.map((height) => height * shown.step);
    const low = Math.min(0, ...heights), high = Math.max(0, ...heights);
    const begins = Array.from({ length: Math.ceil(heights.length / LINE) }, (_, i) => i * LINE);
    byId("explained-rows").replaceChildren(...begins.map((begin) => contributionRow(shown, begin, low, high)));
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
